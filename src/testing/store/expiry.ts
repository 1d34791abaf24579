import assert from "node:assert/strict";
import type { Store, WriteMeta } from "../../store.ts";
import { after, assertGone, assertHolds, born, bytes, living, meta, newId, pass, type StoreTests } from "./kit.ts";

const HOUR = 3_600_000;
const ATTEMPTS = 20;

/** What has expired is missing, and only a renewal or a replace puts the end off. */
export function testExpiry({ test, resolution }: StoreTests): void {
  const brief = 4 * resolution;

  /** Creates a session that ends soon, and does `change` to it before; should this machine be too slow for that, again. */
  async function inTime(
    store: Store,
    change: (id: string) => Promise<void>,
  ): Promise<{ id: string; about: WriteMeta }> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const about = meta(brief);
      const id = newId();
      const created = await store.create(id, bytes("payload"), about);
      assert.equal(created, "ok");
      const intact = await store.read(id);
      if (!intact || Date.now() > about.expiresAt.getTime() - 3 * resolution) continue;
      await change(id);
      if (Date.now() <= about.expiresAt.getTime() - resolution) return { id, about };
    }
    throw new Error("This machine is too slow to change a session before it ends: raise `resolution`.");
  }

  test("what has expired is missing to every call", async (store) => {
    const about = meta(brief);
    const id = await born(store, bytes("payload"), about);
    const { version } = await living(store, await born(store, bytes("payload")));
    await pass(about.expiresAt, resolution);
    await assertGone(store, id);
    assert.equal(await store.replace(id, bytes("late"), version, meta()), "gone");
    assert.equal(await store.read(id, { ifBefore: after(HOUR), expiresAt: after(2 * HOUR) }), undefined);
    assert.equal(await store.delete(id), false);
    await assertGone(store, id);
  });

  test("an id that has expired can be created again", async (store) => {
    const about = meta(brief);
    const id = await born(store, bytes("old"), about);
    await pass(about.expiresAt, resolution);
    assert.equal(await store.create(id, bytes("new"), meta()), "ok");
    await assertHolds(store, id, bytes("new"));
  });

  test("a read that is due renews, and says so", async (store) => {
    const { id, about } = await inTime(store, async (soon) => {
      const found = await store.read(soon, { ifBefore: after(HOUR), expiresAt: after(2 * HOUR) });
      assert.equal(found?.renewed ?? true, true);
    });
    await pass(about.expiresAt, resolution);
    await assertHolds(store, id, bytes("payload"));
  });

  test("a read that isn't due leaves the end where it is", async (store) => {
    const about = meta(brief);
    const id = await born(store, bytes("payload"), about);
    await store.read(id, { ifBefore: after(0), expiresAt: about.expiresAt });
    await pass(about.expiresAt, resolution);
    await assertGone(store, id);
  });

  test("a renewal never brings the end nearer", async (store) => {
    const id = await born(store, bytes("payload"));
    const soon = after(brief);
    assert.equal((await store.read(id, { ifBefore: after(2 * HOUR), expiresAt: soon }))?.renewed, false);
    assert.equal((await store.read(id, { ifBefore: after(1), expiresAt: soon }))?.renewed, false);
    await pass(soon, resolution);
    await assertHolds(store, id, bytes("payload"));
  });

  test("a renewal doesn't change the version", async (store) => {
    const id = await born(store, bytes("payload"));
    const { version } = await living(store, id);
    await store.read(id, { ifBefore: after(2 * HOUR), expiresAt: after(3 * HOUR) });
    assert.equal(await store.replace(id, bytes("new"), version, meta()), "ok");
  });

  test("a renewal revives nothing that was deleted", async (store) => {
    const id = await born(store);
    await store.delete(id);
    assert.equal(await store.read(id, { ifBefore: after(2 * HOUR), expiresAt: after(3 * HOUR) }), undefined);
    await assertGone(store, id);
  });

  test("replace puts the end off", async (store) => {
    const { id, about } = await inTime(store, async (soon) => {
      const found = await store.read(soon);
      if (found) await store.replace(soon, bytes("new"), found.version, meta());
    });
    await pass(about.expiresAt, resolution);
    await assertHolds(store, id, bytes("new"));
  });

  test("replace brings the end nearer", async (store) => {
    const id = await born(store, bytes("payload"));
    const about = meta(brief);
    assert.equal(await store.replace(id, bytes("new"), (await living(store, id)).version, about), "ok");
    await pass(about.expiresAt, resolution);
    await assertGone(store, id);
  });

  test("an end that is told is the true one", async (store) => {
    const about = meta();
    const id = await born(store, bytes("payload"), about);
    const { expiresAt } = await living(store, id);
    if (!expiresAt) return;
    assert.ok(Math.abs(expiresAt.getTime() - about.expiresAt.getTime()) <= 60_000, "off by more than a minute");
  });
}
