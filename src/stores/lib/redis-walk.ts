import type { Buffer } from "node:buffer";
import { hash } from "node:crypto";
import type { RedisDriver, Send } from "./redis-driver.ts";
import { keysBelow } from "./redis-keys.ts";

/** Keys that Redis looks at for one reply. */
const FEWEST = 10;
const MOST = 1000;
/** Characters of it in a cursor. */
const DIGEST = 8;
/** Replies that an estimate is made of. */
const SAMPLED_REPLIES = 5;
const CURSOR = /^(\d{1,4})\.(\d{1,20})\.[\w-]{8}$/;

/** Where a session stands: `cursor` continues a walk after it. */
export interface WalkPlace {
  id: string;
  cursor: string;
}

/**
 * The ids below a prefix as SCAN yields them, from the one whose cursor is `after`: a page costs by its own size. Its cursor
 * is the server's, the one for SCAN, and a digest of all ids of the reply until there; the reply is asked for again, and gone
 * on in where it came to. If it has changed until there (Redis puts it in another order when its hash table grows), it comes
 * as a whole: rather twice than never.
 */
export async function* walkIds(
  driver: RedisDriver,
  prefix: string,
  after: string | undefined,
  limit: number,
): AsyncGenerator<WalkPlace[]> {
  const count = String(Math.min(Math.max(limit, FEWEST), MOST));
  const [, first = "0", begin = "0"] = after === undefined ? [] : parsed(after);
  const servers = await driver.masters();
  let cursor = begin;
  for (let server = Number(first); server < servers.length; server++) {
    do {
      const reply = await scan(servers[server] as Send, driver, prefix, cursor, count);
      let read = "";
      // Within a reply a key can come twice.
      const places = [...new Set(reply.ids)].map((id) => {
        read = hash("sha256", read + id, "base64url").slice(0, DIGEST);
        return { id, cursor: `${server}.${cursor}.${read}` };
      });
      yield places.slice(places.findIndex((place) => place.cursor === after) + 1);
      cursor = reply.next;
    } while (cursor !== "0");
  }
}

/**
 * About how many records there are: SCAN goes through the keys in the order of a hash, and its cursor, read backwards bit by
 * bit, is how far it has come.
 */
export async function estimateKeys(driver: RedisDriver, prefix: string): Promise<{ count: number; sampled: number }> {
  const counts = (await driver.masters()).map(async (send) => {
    let [cursor, sampled] = ["0", 0];
    for (let replies = 0; replies < SAMPLED_REPLIES; replies++) {
      const reply = await scan(send, driver, prefix, cursor, String(MOST));
      cursor = reply.next;
      sampled += reply.ids.length;
      if (cursor === "0") return { count: sampled, sampled };
    }
    return { count: Math.round(sampled / partOf(cursor)), sampled };
  });
  const all = await Promise.all(counts);
  return all.reduce((sum, one) => ({ count: sum.count + one.count, sampled: sum.sampled + one.sampled }));
}

async function scan(
  send: Send,
  driver: RedisDriver,
  prefix: string,
  cursor: string,
  count: string,
): Promise<{ ids: string[]; next: string }> {
  const { start, pattern } = keysBelow(driver, prefix);
  const reply = await send(["scan", cursor, "match", pattern, "count", count, "type", "string"]);
  const [next, keys] = reply as [Buffer, Buffer[]];
  return { ids: keys.map((key) => key.toString().slice(start.length)), next: next.toString() };
}

function parsed(cursor: string): RegExpExecArray {
  const parts = CURSOR.exec(cursor);
  if (parts === null) throw new Error("A cursor that a listing in any order didn't yield.");
  return parts;
}

/** Of the table that SCAN goes through, from 0 to 1. */
function partOf(cursor: string): number {
  const bits = [...BigInt(cursor).toString(2)].reverse();
  return bits.reduceRight((part, bit) => (part + Number(bit)) / 2, 0);
}
