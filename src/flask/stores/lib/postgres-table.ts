import { numbered, type SqlStatements } from "../../../stores/lib/sql/statements.ts";
import { commonStatements, expired, type FlaskTable } from "./table.ts";

/** What a table in PostgreSQL is, but for its own columns and how it takes its times. */
export const POSTGRES_TABLE = {
  isPayload: (data: string): string => `${data} IS NOT NULL`,
  isOfId: "session_id = ?",
  hasPrefix: "strpos(session_id, ?) = 1",
} as const;

export function postgresStatements(table: FlaskTable): SqlStatements {
  const { path, primaryKey } = table;
  return numbered({
    ...commonStatements(table),
    // Locked before they are deleted: else one that is taken over meanwhile would go too.
    prune: `DELETE FROM ${path} WHERE ${primaryKey} = ANY (ARRAY (${expired(table)} FOR UPDATE SKIP LOCKED))`,
  });
}
