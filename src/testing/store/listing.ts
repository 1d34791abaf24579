import assert from "node:assert/strict";
import type { ListFilter, Store } from "../../store.ts";
import { assertHolds, born, bornFor, bytes, list, listAll, listIds, meta, pass, type StoreTests } from "./kit.ts";

const COUNT = 25;
const PAGE = 10;

/** `list` yields what lives, each once, in an order that pages can follow. */
export function testListing({ test, resolution, lists, subjects }: StoreTests): void {
  if (!lists) {
    test("has no list, as told", async (store) => assert.equal(store.list, undefined));
    return;
  }

  test("lists nothing where nothing is", async (store) => {
    assert.deepEqual(await listIds(store, {}), []);
    assert.deepEqual(await listIds(store, { subject: "nobody" }), []);
  });

  test("lists all, with and without a subject", async (store) => {
    const ids = [await born(store), await born(store, bytes("hers"), meta(undefined, "ann"))];
    assert.deepEqual((await listIds(store, {})).sort(), ids.sort());
  });

  test("keeps listing what was renewed", async (store) => {
    const id = await born(store, bytes("payload"), meta(undefined, "ann"));
    await store.read(id, { ifBefore: meta(7_200_000).expiresAt, expiresAt: meta(7_200_000).expiresAt });
    assert.deepEqual(await listIds(store, { subject: "ann" }), [id]);
  });

  test("a subject's list doesn't get in the way of ids that look like it", async (store) => {
    await born(store, bytes("payload"), meta(undefined, "ann"));
    for (const id of ["ann", "subject:ann", "subjects:ann", "user:ann", "index:ann", "ann:sessions"]) {
      assert.equal(await store.create(id, bytes(id), meta()), "ok", id);
      await assertHolds(store, id, bytes(id));
    }
  });

  test("what is listed is a copy", async (store) => {
    const id = await born(store, bytes("payload"), meta(undefined, "ann"));
    for (const session of await listAll(store, { subject: "ann" })) session.payload.fill(0);
    await assertHolds(store, id, bytes("payload"));
  });

  test("what has expired isn't listed", async (store) => {
    const { end } = await bornFor(store, 4 * resolution, bytes("short"), "ann");
    const id = await born(store, bytes("long"), meta(undefined, "ann"));
    await pass(end, resolution);
    assert.deepEqual(await listIds(store, {}), [id]);
    assert.deepEqual(await listIds(store, { subject: "ann" }), [id]);
  });

  test("in any order, lists all that live all along, as a whole and in pages", async (store) => {
    const ids = await many(store, undefined);
    const passing: string[] = [];
    const disturb = async () => {
      for (const ended of passing.splice(0, 2)) await store.delete(ended);
      for (let count = 0; count < 3; count++) passing.push(await born(store, bytes("passing")));
    };
    const paged = new Set(await pages(store, { order: "any" }, disturb));
    assert.deepEqual(
      ids.filter((id) => !paged.has(id)),
      [],
      "in pages",
    );
    const whole = new Set<string>();
    for await (const { id } of list(store, { order: "any" })) {
      if (whole.size < COUNT && !whole.has(id)) await disturb();
      whole.add(id);
    }
    assert.deepEqual(
      ids.filter((id) => !whole.has(id)),
      [],
      "as a whole",
    );
  });

  const listings: [name: string, subject?: string][] = [["all"], ["one subject", "ann"]];
  for (const [name, subject] of subjects ? listings : listings.slice(0, 1)) {
    const filter = subject === undefined ? {} : { subject };

    test(`pages through ${name}: no gap, nothing twice, the same order each time`, async (store) => {
      const ids = await many(store, subject);
      const paged = await pages(store, filter, async () => {});
      assert.deepEqual(paged.toSorted(), ids);
      assert.deepEqual(await listIds(store, filter), paged);
    });

    test(`pages through ${name} while others write`, async (store) => {
      const ids = await many(store, subject);
      const passing: string[] = [];
      const paged = await pages(store, filter, async () => {
        const ended = passing.pop();
        if (ended) await store.delete(ended);
        for (let count = 0; count < 5; count++)
          passing.push(await born(store, bytes("passing"), meta(undefined, subject)));
      });
      assert.equal(new Set(paged).size, paged.length, "listed twice");
      const seen = new Set(paged);
      assert.deepEqual(
        ids.filter((id) => !seen.has(id)),
        [],
        "lived all the time, and wasn't listed",
      );
    });

    test(`lists ${name} that live all along, each once, while others come and go`, async (store) => {
      const ids = await many(store, subject);
      const passing: string[] = [];
      const seen: string[] = [];
      for await (const { id } of list(store, filter)) {
        seen.push(id);
        for (const ended of passing.splice(0, 2)) await store.delete(ended);
        if (seen.length > 4 * COUNT) break;
        for (let count = 0; count < 3; count++)
          passing.push(await born(store, bytes("passing"), meta(undefined, subject)));
      }
      assert.equal(new Set(seen).size, seen.length, "listed twice");
      assert.deepEqual(seen.length > 4 * COUNT ? [] : ids.filter((id) => !seen.includes(id)), []);
    });

    test(`a listing of ${name} that is under way stands a delete of everything`, async (store) => {
      const ids = await many(store, subject);
      const seen: string[] = [];
      for await (const { id } of list(store, filter)) {
        seen.push(id);
        for (const gone of ids) await store.delete(gone);
      }
      assert.equal(new Set(seen).size, seen.length);
      assert.deepEqual(await listIds(store, filter), []);
    });

    test(`stops at the limit, and after the last of ${name}`, async (store) => {
      await many(store, subject);
      const [first] = await listIds(store, filter);
      assert.deepEqual(await listIds(store, { ...filter, limit: 1 }), [first]);
      assert.equal((await listIds(store, { ...filter, limit: COUNT + 1 })).length, COUNT);
      const last = (await listAll(store, filter)).at(-1);
      assert.ok(last);
      assert.deepEqual(await listIds(store, { ...filter, after: last.cursor }), []);
    });
  }
}

/** Creates `COUNT` sessions; their ids, sorted. */
async function many(store: Store, subject: string | undefined): Promise<string[]> {
  const ids: string[] = [];
  for (let count = 0; count < COUNT; count++) ids.push(await born(store, bytes("payload"), meta(undefined, subject)));
  return ids.sort();
}

/** Follows the cursors page by page, with something else happening in between. Bounded, should a cursor lead back. */
async function pages(store: Store, filter: ListFilter, between: () => Promise<void>): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  for (let page = 0; page < 4 * COUNT; page++) {
    const listed = await listAll(store, { ...filter, limit: PAGE, ...(after === undefined ? {} : { after }) });
    assert.ok(listed.length <= PAGE, "more than the limit");
    ids.push(...listed.map(({ id }) => id));
    after = listed.at(-1)?.cursor;
    if (listed.length < PAGE) return ids;
    await between();
  }
  throw new Error("The pages don't end: a cursor leads back.");
}
