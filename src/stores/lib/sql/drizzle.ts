import { assertOption } from "../options.ts";
import { dialectOf } from "./dialect.ts";
import type { SqlDialect, SqlDriver, SqlRow, SqlValue } from "./driver.ts";

/** What `drizzle(…)` returns: for PostgreSQL and MySQL it has `execute`, for SQLite `all` and `run`. */
export interface Drizzle {
  execute?(query: never): PromiseLike<unknown>;
  all?(query: never): unknown;
  run?(query: never): unknown;
}

/** Drives Drizzle, whatever client it is over. */
export function drizzleDriver(drizzle: Drizzle, dialect: SqlDialect | undefined): SqlDriver {
  const isDatabase = typeof (drizzle?.execute ?? drizzle?.run) === "function" && !("rollback" in drizzle);
  assertOption(isDatabase, "drizzle", "what `drizzle(…)` returns, no transaction");
  const run = async (method: "execute" | "all" | "run", sql: string, params: readonly SqlValue[]) =>
    (await drizzle[method]?.(wrapped(sql, params))) as Answer;
  const [ask, act] = drizzle.execute ? (["execute", "execute"] as const) : (["all", "run"] as const);
  return {
    dialect: dialect ?? dialectOf(kindOf(drizzle)),
    rows: async (statement, values) => rowsOf(await run(ask, statement, values)),
    change: async (statement, values) => countOf(await run(act, statement, values)),
  };
}

/** The clients under Drizzle answer in their own ways. */
type Answer = unknown[] | Record<string, unknown>;

function rowsOf(answer: Answer): SqlRow[] {
  if (!Array.isArray(answer)) return answer["rows"] as SqlRow[];
  // mysql2 gives the rows, and beside them the fields.
  return (Array.isArray(answer[0]) ? answer[0] : answer) as SqlRow[];
}

const COUNTS = ["rowCount", "count", "affectedRows", "rowsAffected", "changes"];

function countOf(answer: Answer): number {
  const result = (Array.isArray(answer) && answer.length > 0 ? answer[0] : answer) as Record<string, unknown>;
  const name = COUNTS.find((each) => result[each] !== undefined);
  return Number(name && result[name]);
}

/** As Drizzle's `sql` wraps a statement, without its class. */
function wrapped(sql: string, params: readonly SqlValue[]): never {
  return { getSQL: () => ({ toQuery: () => ({ sql, params: [...params] }) }) } as never;
}

/** Drizzle's classes tell what they are by a symbol. */
function kindOf(drizzle: Drizzle): unknown {
  const { dialect } = drizzle as { dialect?: object };
  const itsClass = dialect?.constructor as unknown as Record<symbol, unknown> | undefined;
  return itsClass?.[Symbol.for("drizzle:entityKind")];
}
