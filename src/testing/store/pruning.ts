import assert from "node:assert/strict";
import {
  after,
  assertHolds,
  born,
  bornFor,
  bytes,
  forEach,
  living,
  meta,
  pass,
  prune,
  type StoreTests,
} from "./kit.ts";

const DAY = 24 * 3_600_000;
const MANY = Array.from({ length: 1200 }, (_, number) => number);

/** `prune` removes what has expired, all of it, and nothing else. */
export function testPruning({ test, resolution }: StoreTests, has: boolean): void {
  if (!has) {
    test("has no prune, as told", async (store) => assert.equal(store.prune, undefined));
    return;
  }

  test("prune removes the expired, and tells how many", async (store) => {
    assert.equal(await prune(store, new Date()), 0);
    let end = after(0);
    for (let count = 0; count < 3; count++) ({ end } = await bornFor(store, 4 * resolution));
    const id = await born(store, bytes("long"));
    await pass(end, resolution);
    assert.equal(await prune(store, new Date()), 3);
    await assertHolds(store, id, bytes("long"));
    assert.equal(await prune(store, new Date()), 0);
  });

  test("prune goes by the time that it is given", async (store) => {
    const id = await born(store, bytes("payload"));
    assert.equal(await prune(store, after(0)), 0);
    await assertHolds(store, id, bytes("payload"));
    assert.equal(await prune(store, after(DAY)), 1);
  });

  test("prune leaves what was renewed, and what was replaced", async (store) => {
    const [renewed, replaced] = [await born(store, bytes("payload")), await born(store, bytes("payload"))];
    await store.read(renewed, { ifBefore: after(2 * DAY), expiresAt: after(3 * DAY) });
    const { version } = await living(store, replaced);
    assert.equal(await store.replace(replaced, bytes("payload"), version, meta(3 * DAY)), "ok");
    assert.equal(await prune(store, after(DAY)), 0);
    for (const id of [renewed, replaced]) await assertHolds(store, id, bytes("payload"));
  });

  test("prune comes to an end with many", async (store) => {
    await forEach(MANY, async () => void (await born(store)));
    assert.equal(await prune(store, after(DAY)), MANY.length);
  });

  test("several prunes at once remove each session once", async (store) => {
    await forEach(MANY, async () => void (await born(store)));
    const id = await born(store, bytes("long"), meta(3 * DAY));
    const counts = await Promise.all([1, 2, 3].map(() => prune(store, after(DAY))));
    const rest = await prune(store, after(DAY));
    assert.equal(
      counts.reduce((sum, count) => sum + count, rest),
      MANY.length,
    );
    await assertHolds(store, id, bytes("long"));
  });
}
