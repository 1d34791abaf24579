import type { Buffer } from "node:buffer";
import type { RedisDriver } from "./redis-driver.ts";

/** Between prefix and subject. Ids are ASCII, so no id can make a key that looks like a subject's list. */
const SUBJECT = "§";
const SCAN_COUNT = "1000";

/** Where a store keeps its records and its lists by subject. */
export interface RedisKeys {
  record(id: string): string;
  list(subject: string): string;
}

export function redisKeys(prefix: string): RedisKeys {
  return { record: (id) => prefix + id, list: (subject) => prefix + SUBJECT + subject };
}

/**
 * The first `size` ids after `after`, in order. SCAN knows no order and repeats itself, so each page walks through all
 * keys, a thousand at a time, and keeps the smallest: right under concurrent writes, with memory for one page or two.
 */
export async function scanIds(driver: RedisDriver, prefix: string, after: string, size: number): Promise<string[]> {
  const { start, pattern } = keysBelow(driver, prefix);
  let found = new Set<string>();
  for (const send of await driver.masters()) {
    let cursor = "0";
    do {
      const reply = await send(["scan", cursor, "match", pattern, "count", SCAN_COUNT, "type", "string"]);
      const [next, keys] = reply as [Buffer, Buffer[]];
      for (const key of keys) {
        const id = key.toString().slice(start.length);
        if (id > after) found.add(id);
      }
      if (found.size > 2 * size) found = new Set(smallest(found, size));
      cursor = next.toString();
    } while (cursor !== "0");
  }
  return smallest(found, size);
}

/** How all keys below a prefix begin, and the pattern that finds them. */
export function keysBelow(driver: RedisDriver, prefix: string): { start: string; pattern: string } {
  const start = driver.keyPrefix + prefix;
  return { start, pattern: `${start.replace(/[\\*?[\]]/g, "\\$&")}*` };
}

function smallest(ids: Set<string>, count: number): string[] {
  return [...ids].sort().slice(0, count);
}
