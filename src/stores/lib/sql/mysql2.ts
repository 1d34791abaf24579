import { assertOption } from "../options.ts";
import type { SqlDriver, SqlRow, SqlValue } from "./driver.ts";

/** A pool or a connection of `mysql2/promise`. */
interface Mysql2Promise {
  promise?: never;
  execute(statement: Statement, values: Values): Promise<[unknown, unknown]>;
}

/** A pool or a connection of `mysql2`. */
interface Mysql2Callback {
  promise(): Mysql2Promise;
  execute(statement: Statement, values: Values, done: (error: Error | null, result: unknown) => void): unknown;
}

export type Mysql2 = Mysql2Promise | Mysql2Callback;

type Values = (string | number | Uint8Array | null)[];

interface Statement {
  sql: string;
  rowsAsArray: false;
  nestTables: false;
  typeCast: true;
}

/** Drives `mysql2`, by prepared statements. */
export function mysql2Driver(mysql2: Mysql2): SqlDriver {
  assertOption(typeof mysql2?.execute === "function", "mysql2", "a pool or a connection of `mysql2`");
  const run = mysql2.promise ? byCallback(mysql2) : byPromise(mysql2);
  const execute = (sql: string, values: readonly SqlValue[]) =>
    // Not as the application may have set it for its own queries.
    run({ sql, rowsAsArray: false, nestTables: false, typeCast: true }, [...values]);
  return {
    dialect: "mysql",
    rows: async (statement, values) => (await execute(statement, values)) as SqlRow[],
    change: async (statement, values) => ((await execute(statement, values)) as { affectedRows: number }).affectedRows,
  };
}

type Run = (statement: Statement, values: Values) => Promise<unknown>;

function byPromise(client: Mysql2Promise): Run {
  return async (statement, values) => (await client.execute(statement, values))[0];
}

/** Not by its `promise()`, which takes the stack of each call, and a quarter more of CPU time. */
function byCallback(client: Mysql2Callback): Run {
  return (statement, values) =>
    new Promise((resolve, reject) => {
      client.execute(statement, values, (error, result) => (error ? reject(error) : resolve(result)));
    });
}
