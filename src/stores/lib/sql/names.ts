import { assertOption } from "../options.ts";
import type { SqlDialect } from "./driver.ts";

/** So short that the indexes' names, which are longer, fit into PostgreSQL's 63 bytes. */
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]{0,49}$/;
const TAKES = "a name of letters, digits and underscores, 50 at most";

/** Throws `TypeError` for a table or schema whose name could be anything else than a name. */
export function assertNames(table: unknown, schema: unknown): void {
  assertOption(isIdentifier(table), "table", TAKES);
  assertOption(schema === undefined || isIdentifier(schema), "schema", TAKES);
}

function isIdentifier(name: unknown): boolean {
  return typeof name === "string" && IDENTIFIER.test(name);
}

/** Throws `TypeError` for anything else than a dialect. */
export function assertDialect(dialect: unknown): asserts dialect is SqlDialect {
  assertOption(isDialect(dialect), "dialect", '"postgres", "mysql" or "sqlite"');
}

export function isDialect(name: unknown): boolean {
  return name === "postgres" || name === "mysql" || name === "sqlite";
}
