import { failed } from "../lib/exit.ts";
import type { BackEnd } from "./back-end.ts";
import { examineMongodb } from "./mongodb.ts";
import { missingIn } from "./sql-layout.ts";
import type { Target } from "./target.ts";

/** Makes what the store needs; resolves to what wasn't there before. Where nobody could tell, to nothing. */
export async function prepare({ store, backEnd, made }: Target): Promise<string[]> {
  const before = backEnd === undefined ? [] : await lacking(backEnd);
  await store.setup?.();
  const after = backEnd === undefined ? [] : await lacking(backEnd);
  if (after.length > 0) {
    throw failed(
      `${after.join(", ")}: still missing. A table that is there already isn't changed: make it by hand, as dewar ddl has it`,
    );
  }
  return [...(made === undefined ? [] : [made]), ...before];
}

/** Whether there is anything to make, in this kind of store. */
export function needsNothing(backEnd: BackEnd | undefined): boolean {
  return backEnd?.kind === "redis" || backEnd?.kind === "memcached" || backEnd?.kind === "memory";
}

/** What a store of this kind still needs. */
async function lacking(backEnd: BackEnd): Promise<string[]> {
  if (backEnd.kind === "sql") {
    const { isThere, indexes } = await missingIn(backEnd);
    const names = indexes.map((column) => `the index on ${column}`);
    return isThere ? names : [`the table ${backEnd.table}`, ...names];
  }
  if (backEnd.kind !== "mongodb") return [];
  const { findings } = await examineMongodb(backEnd.client, backEnd.collection);
  // A server without TTL indexes stays without.
  const needed = /^(collection|index) /;
  return findings.filter(({ level, what }) => level !== "ok" && needed.test(what)).map(({ what }) => `the ${what}`);
}
