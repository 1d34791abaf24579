import assert from "node:assert/strict";
import {
  after,
  assertGone,
  assertHolds,
  born,
  bytes,
  list,
  living,
  meta,
  newId,
  promptly,
  type StoreTests,
} from "./kit.ts";

const OLD = bytes("old");
const NEW = bytes("new");

/** Born by `create`, changed by `replace`, ended by `delete`, and nothing else. */
export function testLife({ test, lists }: StoreTests): void {
  test("an id that was never created is missing", async (store) => {
    await assertGone(store, newId());
    assert.equal(await store.delete(newId()), false);
  });

  test("what was created can be read", async (store) => {
    await assertHolds(store, await born(store, OLD), OLD);
  });

  test("a plain read renews nothing", async (store) => {
    const id = await born(store);
    assert.equal((await living(store, id)).renewed, false);
  });

  test("create reports an id that exists, and leaves it alone", async (store) => {
    const id = await born(store, OLD);
    assert.equal(await store.create(id, NEW, meta()), "exists");
    await assertHolds(store, id, OLD);
  });

  test("replace writes over the version that was read", async (store) => {
    const id = await born(store, OLD);
    const { version } = await living(store, id);
    assert.equal(await store.replace(id, NEW, version, meta()), "ok");
    await assertHolds(store, id, NEW);
  });

  test("replace with the bytes that are stored already is done, not gone", async (store) => {
    const id = await born(store, OLD);
    const about = meta();
    for (let round = 0; round < 2; round++) {
      const { version } = await living(store, id);
      assert.equal(await store.replace(id, OLD, version, about), "ok");
    }
    await assertHolds(store, id, OLD);
  });

  test("replace over a version that is no longer stored is a conflict, and writes nothing", async (store) => {
    const id = await born(store, OLD);
    const { version } = await living(store, id);
    assert.equal(await store.replace(id, NEW, version, meta()), "ok");
    assert.equal(await store.replace(id, bytes("late"), version, meta()), "conflict");
    await assertHolds(store, id, NEW);
  });

  test("replace writes over the very payload written before, unread", async (store) => {
    const id = await born(store, OLD);
    assert.equal(await store.replace(id, NEW, OLD, meta()), "ok");
    assert.equal(await store.replace(id, bytes("late"), OLD, meta()), "conflict");
    assert.equal(await store.replace(id, bytes("newest"), NEW, meta()), "ok");
    await assertHolds(store, id, bytes("newest"));
  });

  test("replace over a version that isn't the store's is a conflict", async (store) => {
    const id = await born(store, OLD);
    for (const version of [undefined, null, "old", 0, {}, [], new Uint8Array()]) {
      assert.equal(await store.replace(id, NEW, version, meta()), "conflict");
    }
    await assertHolds(store, id, OLD);
  });

  test("replace over a version of an earlier life is a conflict", async (store) => {
    const id = await born(store, OLD);
    const { version } = await living(store, id);
    assert.equal(await store.delete(id), true);
    assert.equal(await store.create(id, NEW, meta()), "ok");
    assert.equal(await store.replace(id, bytes("late"), version, meta()), "conflict");
    await assertHolds(store, id, NEW);
  });

  test("replace of what was never there is gone, and writes nothing", async (store) => {
    const { version } = await living(store, await born(store, OLD));
    const id = newId();
    assert.equal(await store.replace(id, NEW, version, meta()), "gone");
    await assertGone(store, id);
  });

  test("replace of what was deleted is gone, and revives nothing", async (store) => {
    const id = await born(store, OLD);
    const { version } = await living(store, id);
    assert.equal(await store.delete(id), true);
    assert.equal(await store.replace(id, NEW, version, meta()), "gone");
    await assertGone(store, id);
  });

  test("delete tells whether it was there", async (store) => {
    const id = await born(store);
    assert.equal(await store.delete(id), true);
    await assertGone(store, id);
    assert.equal(await store.delete(id), false);
  });

  test("an id that was deleted can be created again", async (store) => {
    const id = await born(store, OLD);
    await store.delete(id);
    assert.equal(await store.create(id, NEW, meta()), "ok");
    await assertHolds(store, id, NEW);
  });

  test("setup can be run again, on what is in use", async (store) => {
    await store.setup?.();
    const id = await born(store, OLD);
    await store.setup?.();
    await assertHolds(store, id, OLD);
  });

  test("setup can be run several times at once", async (store) => {
    await Promise.all([store.setup?.(), store.setup?.(), store.setup?.()]);
    await assertHolds(store, await born(store, OLD), OLD);
  });

  test("close can be called twice, and then every call rejects", async (store) => {
    const id = await born(store, OLD);
    const { version } = await living(store, id);
    if (!store.close) return;
    await store.close();
    await store.close();
    await assert.rejects(store.read(id));
    await assert.rejects(store.read(id, { ifBefore: after(0), expiresAt: after(0) }));
    await assert.rejects(store.create(newId(), NEW, meta()));
    await assert.rejects(store.replace(id, NEW, version, meta()));
    await assert.rejects(store.delete(id));
    if (lists) await assert.rejects(async () => list(store, {})[Symbol.asyncIterator]().next());
    if (store.prune) await assert.rejects(store.prune(new Date()));
    if (store.setup) await assert.rejects(store.setup());
  });

  test("close leaves no call under way without an answer", async (store) => {
    const id = await born(store, OLD);
    if (!store.close) return;
    const calls = [store.read(id), store.create(newId(), NEW, meta()), store.replace(id, NEW, OLD, meta())];
    await promptly(Promise.all([store.close(), Promise.allSettled(calls)]));
  });
}
