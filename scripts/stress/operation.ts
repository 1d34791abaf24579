/** What one request of the storm did and saw. Times are nanoseconds of a clock that all processes share. */
export type Operation = Timed & (Count | Look | SetKey | Visit | SubjectCall);

interface Timed {
  start: number;
  end: number;
  outcome: Outcome;
}

/** `ended`: refused, since the session had ended. `unknown`: the store failed, so it may have happened or not. */
export type Outcome = "done" | "ended" | "unknown";

/** `update` raised the counter of a lasting session, to `value`. */
export interface Count {
  kind: "count";
  session: number;
  value: number;
}

/** Saw `value` in the counter of a lasting session. */
export interface Look {
  kind: "look";
  session: number;
  value: number;
}

/** Set a key that one request alone writes, and so by merge; had `seen` its value before. `found`: only looked. */
export interface SetKey {
  kind: "set" | "found";
  session: number;
  key: number;
  seen: number;
  value: number;
}

/** Presented `token` (0: none), which was `live` (1) or not (0), and did something; got the token `born` (0: none). */
export interface Visit {
  kind: VisitKind;
  token: number;
  live: number;
  /** Of the session as it was left. */
  subject: number;
  born: number;
}

export type VisitKind = "read" | "write" | "update" | "login" | "regenerate" | "logout" | "destroy" | "revoke";

/** `tokens`: what a list held. `listAtRest`: when nobody wrote any more. */
export interface SubjectCall {
  kind: "revokeAll" | "list" | "listAtRest";
  subject: number;
  tokens: number[];
}

const FIELDS = {
  count: ["session", "value"],
  look: ["session", "value"],
  set: ["session", "key", "seen", "value"],
  found: ["session", "key", "seen", "value"],
  read: ["token", "live", "subject", "born"],
  write: ["token", "live", "subject", "born"],
  update: ["token", "live", "subject", "born"],
  login: ["token", "live", "subject", "born"],
  regenerate: ["token", "live", "subject", "born"],
  logout: ["token", "live", "subject", "born"],
  destroy: ["token", "live", "subject", "born"],
  revoke: ["token", "live", "subject", "born"],
  revokeAll: ["subject"],
  list: ["subject"],
  listAtRest: ["subject"],
} as const satisfies Record<Operation["kind"], readonly string[]>;

const KINDS = Object.keys(FIELDS) as Operation["kind"][];
const OUTCOMES: readonly Outcome[] = ["done", "ended", "unknown"];

/** As plain numbers: a million operations fit into some tens of megabytes. */
export function encode(operation: Operation): number[] {
  const { kind, start, end, outcome } = operation;
  const fields = FIELDS[kind].map((field) => (operation as unknown as Record<string, number>)[field] ?? 0);
  const head = [KINDS.indexOf(kind), start, end, OUTCOMES.indexOf(outcome)];
  return "tokens" in operation
    ? [...head, ...fields, operation.tokens.length, ...operation.tokens]
    : [...head, ...fields];
}

/** The operations in numbers that `encode` made, one after the other. */
export function* decode(numbers: Float64Array): Generator<Operation> {
  let at = 0;
  const next = () => numbers[at++] ?? Number.NaN;
  while (at < numbers.length) {
    const kind = KINDS[next()];
    if (kind === undefined) throw new RangeError("a history that `encode` did not make");
    const operation: Record<string, unknown> = { kind, start: next(), end: next(), outcome: OUTCOMES[next()] };
    for (const field of FIELDS[kind]) operation[field] = next();
    if (kind === "list" || kind === "listAtRest" || kind === "revokeAll") {
      const length = next();
      operation["tokens"] = [...numbers.subarray(at, at + length)];
      at += length;
    }
    yield operation as unknown as Operation;
  }
}
