import type { StoreUrl } from "./url.ts";

/** Reads a store's options out of the query of its URL. */
export class QueryOptions {
  readonly #scheme: string;
  readonly #rest: URLSearchParams;
  readonly #known: string[] = [];

  constructor({ scheme, query }: StoreUrl) {
    this.#scheme = scheme;
    this.#rest = new URLSearchParams(query);
  }

  text(name: string): string | undefined {
    this.#known.push(name);
    const [value, ...more] = this.#rest.getAll(name);
    if (more.length > 0) throw new TypeError(`${name}: is given more than once in the URL`);
    this.#rest.delete(name);
    return value;
  }

  integer(name: string): number | undefined {
    return this.#parse(name, /^\d{1,15}$/, "a whole number", Number);
  }

  flag(name: string): boolean | undefined {
    return this.#parse(name, /^(true|false)$/, "true or false", (text) => text === "true");
  }

  octal(name: string): number | undefined {
    return this.#parse(name, /^[0-7]{3,4}$/, "permissions in octal digits, such as 0600", (text) =>
      Number.parseInt(text, 8),
    );
  }

  /** What nobody asked for, for a driver that reads URLs itself; `defaults` where that says nothing. */
  rest(defaults: Record<string, string | number> = {}): string {
    const rest = new URLSearchParams(this.#rest);
    for (const [name, value] of Object.entries(defaults)) if (!rest.has(name)) rest.set(name, String(value));
    return rest.size === 0 ? "" : `?${rest}`;
  }

  /** Throws a `TypeError` if there is anything that nobody asked for. */
  end(): void {
    for (const name of this.#rest.keys()) {
      const known = this.#known.length === 0 ? "It takes none." : `It takes: ${this.#known.join(", ")}.`;
      throw new TypeError(`${name}: ${this.#scheme}: has no such option. ${known}`);
    }
  }

  #parse<T>(name: string, shape: RegExp, takes: string, read: (text: string) => T): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!shape.test(text)) throw new TypeError(`${name}: ${takes}`);
    return read(text);
  }
}

/** Leaves out what is undefined: an option that isn't there isn't the same as one that is undefined. */
export function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
