/** The codes are SQLSTATEs of PostgreSQL, error numbers of MySQL, and what Prisma makes of them. */
const BUSY = new Set([
  "P2034", // conflict or deadlock
  "40001", // serialization failure
  "40P01", // deadlock
  "1213", // deadlock
  "1205", // the wait for a lock took too long
  "1020", // the record has changed since it was read
]);
const MISSING_TABLE = new Set(["42P01", "1146"]);
const DUPLICATE = new Set(["1062"]);
/** What two that make the same table at once can meet. */
const MADE_BY_ANOTHER = new Set(["23505", "42P07", "42710", "XX000"]);

/** SQLite's own, without the details in the higher bytes. */
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;

/** Thrown where a transaction of the application's is open on the connection that was given to the store. */
export class OpenTransaction extends Error {
  constructor() {
    super(
      "A transaction of the application's is open on the connection of the session store, and a session must not depend " +
        "on how it ends: give sqlStore a pool, or a connection of its own.",
    );
  }
}

/** Whether the database did nothing, and may do it in a moment. */
export function isBusy(error: unknown): boolean {
  return chain(error).some((fault) => fault instanceof OpenTransaction || has(fault, BUSY) || isLockedSqlite(fault));
}

export function isMissingTable(error: unknown): boolean {
  return chain(error).some((fault) => has(fault, MISSING_TABLE) || /^no such table: /.test(messageOf(fault)));
}

export function isDuplicate(error: unknown): boolean {
  return chain(error).some((fault) => has(fault, DUPLICATE));
}

export function isMadeByAnother(error: unknown): boolean {
  return chain(error).some((fault) => has(fault, MADE_BY_ANOTHER));
}

/** What the database said, alone: toolkits add the statement with its values, which belong in no log. */
export function withoutValues(error: unknown): Error {
  const faults = chain(error);
  const codes = faults.flatMap(codesOf);
  const message = faults.map(messageOf).findLast((text) => text !== "") ?? codes[0];
  const code = codes.at(-1);
  return Object.assign(new Error(message ?? "The database failed."), code === undefined ? {} : { code });
}

type Fault = Record<string, unknown>;

/** An error with what caused it, under the names that toolkits have for that; the database's own comes last. */
function chain(error: unknown): Fault[] {
  const faults: Fault[] = [];
  for (let fault = error; typeof fault === "object" && fault !== null && faults.length < 10; ) {
    const link = fault as Fault;
    faults.push(link);
    const meta = link["meta"] as Fault | undefined;
    fault = link["driverError"] ?? link["originalError"] ?? meta?.["driverAdapterError"] ?? link["cause"];
  }
  return faults;
}

function codesOf({ errno, code, originalCode, errcode, meta }: Fault): string[] {
  const codes = [errno, code, originalCode, errcode, (meta as Fault | undefined)?.["code"]];
  return codes.filter((each) => typeof each === "string" || typeof each === "number").map(String);
}

function has(fault: Fault, codes: ReadonlySet<string>): boolean {
  return codesOf(fault).some((code) => codes.has(code));
}

function messageOf({ originalMessage, message }: Fault): string {
  return typeof originalMessage === "string" ? originalMessage : typeof message === "string" ? message : "";
}

function isLockedSqlite({ errcode, code }: Fault): boolean {
  const plain = typeof errcode === "number" ? errcode & 0xff : undefined;
  return plain === SQLITE_BUSY || plain === SQLITE_LOCKED || /^SQLITE_(BUSY|LOCKED)/.test(String(code));
}
