import type { SqlRow, SqlValue } from "./driver.ts";
import type { SqlStatements } from "./statements.ts";

/** How a table keeps sessions: its statements, and what stands for ids, columns and times in them. */
export interface SqlLayout {
  statements: SqlStatements;
  /** The largest payload that is kept whole, in bytes: without strict mode, MySQL would cut off the rest. */
  mostBytes: number;
  /** Milliseconds: how exactly the table keeps a time. */
  precision: number;
  /** An id, as its column holds it. */
  key(id: string): SqlValue;
  /** What a statement knows the row of an id by. */
  identity(id: string): readonly SqlValue[];
  /** All columns but the id, for the statements that write them. */
  columns(data: Uint8Array, expires: number, subject: string | undefined): readonly SqlValue[];
  /** Where a listing goes on after an id, or begins with `""`. */
  after(id: string): readonly SqlValue[];
  /** The id of a row that was listed. */
  idIn(row: SqlRow): string;
}
