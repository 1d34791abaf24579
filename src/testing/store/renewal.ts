import assert from "node:assert/strict";
import type { Store } from "../../store.ts";
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

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A read puts the end off when that is due, to where it was asked, and never nearer. */
export function testRenewal({ test, resolution }: StoreTests): void {
  const brief = 4 * resolution;

  test("a read that is due renews, and says so", async (store) => {
    const { id, end } = await bornAndChanged(store, brief, async (soon) => {
      const found = await store.read(soon, { ifBefore: after(HOUR), expiresAt: after(2 * HOUR) });
      assert.equal(found?.renewed ?? true, true);
    });
    await pass(end, resolution);
    await assertHolds(store, id, bytes("payload"));
  });

  test("a read that isn't due leaves the end where it is", async (store) => {
    const { id, end } = await bornFor(store, brief);
    await store.read(id, { ifBefore: after(0), expiresAt: after(HOUR) });
    await pass(end, resolution);
    await assertGone(store, id);
  });

  test("a renewal reaches no further than was asked", async (store) => {
    let end = after(0);
    const { id } = await bornAndChanged(store, brief, async (soon) => {
      const expiresAt = after(2 * brief);
      end = await endOf(expiresAt, () => store.read(soon, { ifBefore: after(HOUR), expiresAt }));
    });
    await pass(end, resolution);
    await assertGone(store, id);
  });

  test("a read is due where it would end before `ifBefore`, and only there", async (store) => {
    const about = meta(HOUR);
    const id = await born(store, bytes("payload"), about);
    assert.equal(await renews(store, id, about.expiresAt, -MINUTE), false);
    assert.equal(await renews(store, id, about.expiresAt, MINUTE), true);
    // It ends where it was asked to, give or take less than a minute.
    const end = new Date(about.expiresAt.getTime() + HOUR);
    assert.equal(await renews(store, id, end, -MINUTE), false);
    assert.equal(await renews(store, id, end, MINUTE), true);
  });

  test("at the very boundary, what is said is what was done", async (store) => {
    const about = meta(HOUR);
    const id = await born(store, bytes("payload"), about);
    const renewed = await renews(store, id, about.expiresAt, 0);
    assert.equal(await renews(store, id, about.expiresAt, MINUTE), !renewed);
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
}

/** Whether a read renews a session, that would end at `end`, to an hour later, if it ends before `end` and `margin`. */
async function renews(store: Store, id: string, end: Date, margin: number): Promise<boolean> {
  const [ifBefore, expiresAt] = [margin, HOUR].map((span) => new Date(end.getTime() + span)) as [Date, Date];
  const found = await store.read(id, { ifBefore, expiresAt });
  assert.ok(found, "the session isn't there");
  return found.renewed;
}
