import { assertOption } from "../options.ts";
import { dialectOf } from "./dialect.ts";
import type { SqlDialect, SqlDriver, SqlRow, SqlValue } from "./driver.ts";

/** A `PrismaClient`. */
export interface Prisma {
  $queryRawUnsafe(statement: string, ...values: unknown[]): PromiseLike<unknown>;
  $executeRawUnsafe(statement: string, ...values: unknown[]): PromiseLike<number>;
  /** The client of a transaction hasn't it. */
  $connect: unknown;
}

/** Drives Prisma, by its raw queries: no model of sessions is needed. */
export function prismaDriver(prisma: Prisma, dialect: SqlDialect | undefined): SqlDriver {
  assertOption(typeof prisma?.$connect === "function", "prisma", "a PrismaClient, no transaction");
  const { _activeProvider: provider } = prisma as { _activeProvider?: unknown };
  return {
    dialect: dialect ?? dialectOf(provider),
    rows: async (statement, values) => (await prisma.$queryRawUnsafe(statement, ...values.map(toPrisma))) as SqlRow[],
    change: async (statement, values) => prisma.$executeRawUnsafe(statement, ...values.map(toPrisma)),
  };
}

/** Its numbers are 32-bit integers or fractions. */
function toPrisma(value: SqlValue): unknown {
  return typeof value === "number" ? BigInt(value) : value;
}
