import { assertOption } from "../options.ts";
import type { SqlDriver, SqlRow, SqlValue } from "./driver.ts";

/** A pool or a connection of `mysql2/promise`. */
interface Mysql2Promise {
  execute(statement: Statement, values: (string | number | Uint8Array | null)[]): Promise<[unknown, unknown]>;
}

/** A pool or a connection of `mysql2`. */
interface Mysql2Callback {
  promise(): Mysql2Promise;
}

export type Mysql2 = Mysql2Promise | Mysql2Callback;

interface Statement {
  sql: string;
  rowsAsArray: false;
  nestTables: false;
  typeCast: true;
}

/** Drives `mysql2`, by prepared statements. */
export function mysql2Driver(mysql2: Mysql2): SqlDriver {
  const client = typeof mysql2 === "object" && mysql2 !== null && "promise" in mysql2 ? mysql2.promise() : mysql2;
  assertOption(typeof client?.execute === "function", "mysql2", "a pool or a connection of `mysql2`");
  const execute = async (sql: string, values: readonly SqlValue[]) => {
    // Not as the application may have set it for its own queries.
    const statement: Statement = { sql, rowsAsArray: false, nestTables: false, typeCast: true };
    const [result] = await client.execute(statement, [...values]);
    return result;
  };
  return {
    dialect: "mysql",
    rows: async (statement, values) => (await execute(statement, values)) as SqlRow[],
    change: async (statement, values) => ((await execute(statement, values)) as { affectedRows: number }).affectedRows,
  };
}
