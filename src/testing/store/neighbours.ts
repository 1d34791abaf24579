import assert from "node:assert/strict";
import type { Store } from "../../store.ts";
import { after, assertGone, assertHolds, bytes, listIds, living, meta, type StoreTests, type Test } from "./kit.ts";

const HOUR = 3_600_000;
const OURS = bytes("ours");
const THEIRS = bytes("theirs");

/** Two stores on one back end, under different prefixes or tables, know nothing of each other. */
export function testNeighbours({ lists }: StoreTests, test: Test<readonly [Store, Store]>): void {
  test("the same id is another session in the other", async (ours, theirs) => {
    assert.equal(await ours.create("id", OURS, meta()), "ok");
    await assertGone(theirs, "id");
    const { version } = await living(ours, "id");
    assert.equal(await theirs.replace("id", bytes("late"), version, meta()), "gone");
    assert.equal(await theirs.delete("id"), false);
    assert.equal(await theirs.create("id", THEIRS, meta()), "ok");
    await assertHolds(ours, "id", OURS);
    await assertHolds(theirs, "id", THEIRS);
  });

  test("what is done in one leaves the other alone", async (ours, theirs) => {
    await bothHave(ours, theirs, "ann");
    const { version } = await living(ours, "id");
    await ours.read("id", { ifBefore: after(2 * HOUR), expiresAt: after(3 * HOUR) });
    assert.equal(await ours.replace("id", bytes("new"), version, meta()), "ok");
    assert.equal((await theirs.read("id", { ifBefore: after(2 * HOUR), expiresAt: after(3 * HOUR) }))?.renewed, true);
    await assertHolds(theirs, "id", THEIRS);
    assert.equal(await ours.delete("id"), true);
    await ours.setup?.();
    await assertHolds(theirs, "id", THEIRS);
    if (lists) assert.deepEqual(await listIds(theirs, { subject: "ann" }), ["id"]);
  });

  if (lists) {
    test("each lists its own", async (ours, theirs) => {
      await bothHave(ours, theirs, "ann");
      assert.equal(await ours.create("one more", OURS, meta(undefined, "ann")), "ok");
      for (const filter of [{}, { subject: "ann" }]) {
        assert.deepEqual((await listIds(ours, filter)).sort(), ["id", "one more"]);
        assert.deepEqual(await listIds(theirs, filter), ["id"]);
      }
    });
  }

  test("each prunes its own", async (ours, theirs) => {
    await bothHave(ours, theirs, "ann");
    if (ours.prune) assert.equal(await ours.prune(after(2 * HOUR)), 1);
    await assertHolds(theirs, "id", THEIRS);
  });

  test("what closes one leaves the other open", async (ours, theirs) => {
    await bothHave(ours, theirs, "ann");
    await ours.close?.();
    await assertHolds(theirs, "id", THEIRS);
  });
}

async function bothHave(ours: Store, theirs: Store, subject: string): Promise<void> {
  assert.equal(await ours.create("id", OURS, meta(undefined, subject)), "ok");
  assert.equal(await theirs.create("id", THEIRS, meta(undefined, subject)), "ok");
}
