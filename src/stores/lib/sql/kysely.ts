import { assertOption } from "../options.ts";
import { dialectOf } from "./dialect.ts";
import type { SqlDialect, SqlDriver, SqlRow, SqlValue } from "./driver.ts";

/** A `Kysely` of any schema. */
export interface Kysely {
  readonly isTransaction: boolean;
  getExecutor(): { adapter: object };
  executeQuery(query: KyselyQuery): Promise<{ rows: unknown[]; numAffectedRows?: bigint }>;
}

/** What `CompiledQuery.raw` of Kysely makes. */
interface KyselyQuery {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly query: {
    readonly kind: "RawNode";
    readonly sqlFragments: readonly string[];
    readonly parameters: readonly [];
  };
  readonly queryId: { readonly queryId: string };
}

/** Drives Kysely, which leaves compiled queries as they are. */
export function kyselyDriver(kysely: Kysely, dialect: SqlDialect | undefined): SqlDriver {
  assertOption(
    typeof kysely?.executeQuery === "function" && !kysely.isTransaction,
    "kysely",
    "a Kysely, no transaction",
  );
  const execute = (sql: string, parameters: readonly SqlValue[]) => {
    const query = { kind: "RawNode", sqlFragments: [sql], parameters: [] } as const;
    return kysely.executeQuery({ sql, parameters, query, queryId: { queryId: "dewar" } });
  };
  return {
    dialect: dialect ?? dialectOf(kysely.getExecutor().adapter.constructor.name),
    rows: async (statement, values) => (await execute(statement, values)).rows as SqlRow[],
    change: async (statement, values) => Number((await execute(statement, values)).numAffectedRows),
  };
}
