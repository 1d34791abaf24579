import { assertOption } from "../options.ts";
import { dialectOf } from "./dialect.ts";
import type { SqlDialect, SqlDriver, SqlRow, SqlValue } from "./driver.ts";

/** A `DataSource` of TypeORM. */
export interface TypeOrm {
  readonly options: { readonly type: string };
  createQueryRunner(): TypeOrmRunner;
}

interface TypeOrmRunner {
  query(statement: string, values: unknown[], structured: true): Promise<{ records: unknown[]; affected?: number }>;
  release(): Promise<void>;
}

/** Drives TypeORM, by query runners: `query` of the DataSource tells no counts. */
export function typeormDriver(typeorm: TypeOrm, dialect: SqlDialect | undefined): SqlDriver {
  assertOption(typeof typeorm?.createQueryRunner === "function", "typeorm", "a DataSource");
  const query = async (statement: string, values: readonly SqlValue[]) => {
    const runner = typeorm.createQueryRunner();
    try {
      return await runner.query(statement, [...values], true);
    } finally {
      await runner.release();
    }
  };
  return {
    dialect: dialect ?? dialectOf(typeorm.options.type),
    rows: async (statement, values) => (await query(statement, values)).records as SqlRow[],
    change: async (statement, values) => Number((await query(statement, values)).affected),
  };
}
