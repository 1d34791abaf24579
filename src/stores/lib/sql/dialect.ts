import { assertOption } from "../options.ts";
import type { SqlDialect } from "./driver.ts";

const NAMES: [SqlDialect, RegExp][] = [
  ["postgres", /^(pg|postgres|aurora-postgres|cockroach)/i],
  ["mysql", /^(mysql|mariadb|aurora-mysql)/i],
  ["sqlite", /^(better-)?sqlite/i],
];

/** Tells the dialect by a name that a toolkit has for it. Throws `TypeError`, naming the option `dialect`, if it can't. */
export function dialectOf(name: unknown): SqlDialect {
  const [dialect] = NAMES.find(([, names]) => names.test(String(name))) ?? [];
  assertOption(dialect !== undefined, "dialect", '"postgres", "mysql" or "sqlite": it can\'t be told from the client');
  return dialect;
}
