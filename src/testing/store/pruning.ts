import assert from "node:assert/strict";
import { after, assertHolds, born, bytes, meta, pass, type StoreTests } from "./kit.ts";

const MANY = 1200;

/** `prune` removes what has expired, all of it, and nothing else. */
export function testPruning({ test, resolution }: StoreTests, has: boolean): void {
  if (!has) {
    test("has no prune, as told", async (store) => assert.equal(store.prune, undefined));
    return;
  }

  test("prune removes the expired, and tells how many", async (store) => {
    assert.ok(store.prune, 'the store has no `prune`: name it in `without: ["prune"]`');
    assert.equal(await store.prune(new Date()), 0);
    const about = meta(4 * resolution);
    for (let count = 0; count < 3; count++) await born(store, bytes("short"), about);
    const id = await born(store, bytes("long"));
    await pass(about.expiresAt, resolution);
    assert.equal(await store.prune(new Date()), 3);
    await assertHolds(store, id, bytes("long"));
    assert.equal(await store.prune(new Date()), 0);
  });

  test("prune goes by the time that it is given", async (store) => {
    const id = await born(store, bytes("payload"));
    assert.equal(await store.prune?.(after(0)), 0);
    await assertHolds(store, id, bytes("payload"));
    assert.equal(await store.prune?.(after(24 * 3_600_000)), 1);
  });

  test("prune comes to an end with many", async (store) => {
    const about = meta();
    for (let count = 0; count < MANY; count++) await born(store, bytes("payload"), about);
    assert.equal(await store.prune?.(after(24 * 3_600_000)), MANY);
  });
}
