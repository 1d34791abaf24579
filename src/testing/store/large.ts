import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { setTimeout as sleep } from "node:timers/promises";
import { assertSameBytes, bytes, forEach, list, listIds, meta, newId, promptly, type StoreTests } from "./kit.ts";

const OLD = bytes("old");
const NEW = bytes("new");
/** More than a usual pool has connections, each of more sessions than a page has. */
const LISTINGS = 20;
const SEVERAL = 120;
/** A store may be so far ahead of whom it lists for. */
const AHEAD = 1 / 10;

/** A listing holds a page at a time, however much there is, and holds nothing once it was left. */
export function testLarge({ test, sessions }: StoreTests): void {
  test("lists many, each once, and fetches them as it goes", async (store) => {
    const ids = Array.from({ length: sessions }, newId);
    await forEach(ids, async (id) => assert.equal(await store.create(id, OLD, meta(undefined, "ann")), "ok"));
    for (const [filter, before, now] of [
      [{}, OLD, NEW],
      [{ subject: "ann" }, NEW, OLD],
    ] as const) {
      const seen: string[] = [];
      let ahead = 0;
      for await (const { id, payload } of list(store, filter)) {
        seen.push(id);
        if (seen.length === 1) {
          assertSameBytes(payload, before);
          // What is listed with its former payload from here on had been fetched already.
          await forEach(ids, async (other) => assert.equal(await store.replace(other, now, before, meta()), "ok"));
        } else if (Buffer.compare(payload, before) === 0) {
          ahead++;
        }
      }
      assert.deepEqual(seen.sort(), ids.sort());
      assert.ok(ahead <= sessions * AHEAD, `${ahead} of ${sessions} sessions were held at once`);
    }
  });

  test("a listing that is left early, or never begun, holds nothing back", async (store) => {
    const ids = Array.from({ length: SEVERAL }, newId).sort();
    await forEach(ids, async (id) => assert.equal(await store.create(id, OLD, meta(undefined, "ann")), "ok"));
    for (const filter of [{}, { subject: "ann" }]) {
      for (let count = 0; count < LISTINGS; count++) {
        list(store, filter);
        await promptly(leaveEarly(list(store, filter), count % 2 === 0));
      }
      assert.deepEqual((await promptly(listIds(store, filter))).sort(), ids);
    }
    await promptly(forEach(ids, async (id) => assert.equal(await store.delete(id), true)));
    if (store.close) await promptly(store.close());
  });
}

/** By `break`, or by an error in the loop's body. */
async function leaveEarly(listing: AsyncIterable<unknown>, byError: boolean): Promise<void> {
  const stop = new Error("enough");
  try {
    for await (const _session of listing) {
      await sleep(0);
      if (byError) throw stop;
      break;
    }
  } catch (error) {
    if (error !== stop) throw error;
  }
}
