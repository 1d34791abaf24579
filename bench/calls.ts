const calls: Record<string, number> = {};

/** What this process asked of its store so far, and how often: the commands that no server counts for us. */
export const callsSoFar = (): Readonly<Record<string, number>> => calls;

export function countCall(name: string): void {
  calls[name] = (calls[name] ?? 0) + 1;
}

/** What a call is counted as. */
type NameOf = (method: string, self: unknown, args: readonly unknown[]) => string;

/** Counts the calls of `methods` of an object, or of all that share a prototype; as the method's own name, unless told. */
export function countCalls<T extends object>(
  target: T,
  methods: readonly string[],
  nameOf: NameOf = (name) => name,
): T {
  const own = target as Record<string, unknown>;
  for (const method of methods) {
    const original = own[method];
    if (typeof original !== "function") throw new TypeError(`the object to count for has no ${method}`);
    own[method] = function (this: unknown, ...args: unknown[]): unknown {
      countCall(nameOf(method, this, args));
      return Reflect.apply(original, this, args);
    };
  }
  return target;
}

/** `SELECT`, of a statement: its text, or an object that a client takes in its place. */
export function verbOf(statement: unknown): string {
  const { text, sql = text } = Object(statement) as { text?: unknown; sql?: unknown };
  return /\w+/.exec(String(sql ?? statement))?.[0].toUpperCase() ?? "?";
}
