import { createHash } from "node:crypto";
import { assertOption } from "../options.ts";
import type { SqlDriver, SqlRow, SqlValue } from "./driver.ts";
import { OpenTransaction } from "./faults.ts";

/** A `Pool` or a `Client` of `pg`. */
export interface Pg {
  query(query: PgQuery): Promise<PgResult>;
  /** A client has it, a pool hasn't. */
  getTransactionStatus?(): string | null;
}

interface PgQuery {
  name?: string;
  text: string;
  values: unknown[];
}

interface PgResult {
  rows: SqlRow[];
  rowCount: number | null;
}

/** Of a prepared statement that the database has no more (`DISCARD ALL`), or whose columns have changed since. */
const OUTDATED = new Set<unknown>(["26000", "0A000"]);

/** Drives `pg`, by named statements: a connection prepares each once. */
export function pgDriver(pg: Pg): SqlDriver {
  assertOption(typeof pg?.query === "function", "pg", "a Pool or a Client of `pg`");
  const names = new Map<string, string>();
  const send = "getTransactionStatus" in pg ? inTurn(pg) : (query: PgQuery) => pg.query(query);
  const run = (text: string, values: readonly SqlValue[]) => {
    const name = names.get(text) ?? `dewar-${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
    names.set(text, name);
    const query = { text, values: [...values] };
    // The database did nothing, and the connection goes on to take the statement for prepared.
    return send({ name, ...query }).catch((error) => (OUTDATED.has(error?.code) ? send(query) : Promise.reject(error)));
  };
  return {
    dialect: "postgres",
    rows: async (statement, values) => (await run(statement, values)).rows,
    change: async (statement, values) => Number((await run(statement, values)).rowCount),
  };
}

/** What is under way on clients, be it for several stores. */
const turns = new WeakMap<Pg, Promise<unknown>>();

/** One after the other, as a client wants it, and not within a transaction that isn't ours. */
function inTurn(client: Pg): (query: PgQuery) => Promise<PgResult> {
  return (query) => {
    const result = (turns.get(client) ?? Promise.resolve()).then(() => {
      if (/[TE]/.test(client.getTransactionStatus?.() ?? "")) throw new OpenTransaction();
      return client.query(query);
    });
    // Whose call it was hears of its fault.
    turns.set(
      client,
      result.catch(() => {}),
    );
    return result;
  };
}
