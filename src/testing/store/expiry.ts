import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
  after,
  assertGone,
  assertHolds,
  born,
  bornAndChanged,
  bornFor,
  bytes,
  endOf,
  living,
  meta,
  pass,
  type StoreTests,
} from "./kit.ts";

const HOUR = 3_600_000;
/** Longer than the thirty days after which Memcached takes a span for a date. */
const YEAR = 366 * 24 * HOUR;

/** What has expired is missing, by the store's own clock: nobody has to ask or to sweep. */
export function testExpiry({ test, resolution }: StoreTests): void {
  const brief = 4 * resolution;

  test("a session lives until its end, and no longer", async (store) => {
    const expiresAt = Date.now() + 2 * brief;
    const { id, end } = await bornFor(store, 2 * brief);
    for (let lives = true; lives; await sleep(resolution / 4)) {
      const asked = Date.now();
      lives = (await store.read(id)) !== undefined;
      if (lives) assert.ok(asked <= end.getTime() + resolution, "it lives on after its end");
      else assert.ok(Date.now() >= expiresAt - resolution, "it is missing before its end");
    }
  });

  test("what has expired is missing to every call", async (store) => {
    const { version } = await living(store, await born(store));
    const { id, end } = await bornFor(store, brief);
    await pass(end, resolution);
    await assertGone(store, id);
    assert.equal(await store.replace(id, bytes("late"), version, meta()), "gone");
    assert.equal(await store.replace(id, bytes("late"), bytes("payload"), meta()), "gone");
    assert.equal(await store.read(id, { ifBefore: after(HOUR), expiresAt: after(2 * HOUR) }), undefined);
    assert.equal(await store.delete(id), false);
    await assertGone(store, id);
  });

  test("an id that has expired can be created again", async (store) => {
    const { id, end } = await bornFor(store, brief, bytes("old"));
    await pass(end, resolution);
    assert.equal(await store.create(id, bytes("new"), meta()), "ok");
    await assertHolds(store, id, bytes("new"));
  });

  test("replace puts the end off", async (store) => {
    const { id, end } = await bornAndChanged(store, brief, async (soon) => {
      const found = await store.read(soon);
      if (found) await store.replace(soon, bytes("new"), found.version, meta());
    });
    await pass(end, resolution);
    await assertHolds(store, id, bytes("new"));
  });

  test("replace brings the end nearer", async (store) => {
    const id = await born(store, bytes("payload"));
    const { version } = await living(store, id);
    const about = meta(brief);
    const end = await endOf(about.expiresAt, async () => {
      assert.equal(await store.replace(id, bytes("new"), version, about), "ok");
    });
    await pass(end, resolution);
    await assertGone(store, id);
  });

  test("an end that is a year away is no end", async (store) => {
    const created = await born(store, bytes("payload"), meta(YEAR));
    await assertHolds(store, created, bytes("payload"));
    assert.equal(await store.replace(created, bytes("new"), (await living(store, created)).version, meta(YEAR)), "ok");
    await assertHolds(store, created, bytes("new"));
    const renewed = await born(store, bytes("payload"));
    await store.read(renewed, { ifBefore: after(2 * HOUR), expiresAt: after(YEAR) });
    await assertHolds(store, renewed, bytes("payload"));
  });

  test("an end that is told is the true one", async (store) => {
    const id = await born(store, bytes("payload"));
    const assertEnds = async (lifetime: number) => {
      const { expiresAt } = await living(store, id);
      if (!expiresAt) return;
      assert.ok(Math.abs(expiresAt.getTime() - Date.now() - lifetime) <= 60_000, "off by more than a minute");
    };
    await assertEnds(HOUR);
    await store.read(id, { ifBefore: after(2 * HOUR), expiresAt: after(3 * HOUR) });
    await assertEnds(3 * HOUR);
    assert.equal(await store.replace(id, bytes("new"), (await living(store, id)).version, meta(2 * HOUR)), "ok");
    await assertEnds(2 * HOUR);
  });
}
