import assert from "node:assert/strict";
import {
  after,
  assertGone,
  assertHolds,
  assertSameBytes,
  born,
  bytes,
  living,
  meta,
  newId,
  type StoreTests,
  tally,
} from "./kit.ts";

const RACERS: readonly number[] = [...Array(32).keys()];
const ROUNDS = 20;

/** Of several at once exactly one wins, and what has ended stays ended. */
export function testRaces({ test }: StoreTests): void {
  test("of 32 creates of one id exactly one is done", async (store) => {
    const id = newId();
    const outcomes = await Promise.all(RACERS.map((racer) => store.create(id, bytes(`by ${racer}`), meta())));
    assert.deepEqual(tally(outcomes), { ok: 1, exists: 31 });
    await assertHolds(store, id, bytes(`by ${outcomes.indexOf("ok")}`));
  });

  test("of 32 replaces of one version exactly one is done", async (store) => {
    const id = await born(store);
    const { version } = await living(store, id);
    const outcomes = await Promise.all(RACERS.map((racer) => store.replace(id, bytes(`by ${racer}`), version, meta())));
    assert.deepEqual(tally(outcomes), { ok: 1, conflict: 31 });
    await assertHolds(store, id, bytes(`by ${outcomes.indexOf("ok")}`));
  });

  test("of 32 deletes exactly one saw it", async (store) => {
    const id = await born(store);
    assert.deepEqual(tally(await Promise.all(RACERS.map(() => store.delete(id)))), { true: 1, false: 31 });
  });

  test("a counter that many raise by read and replace loses none", async (store) => {
    const id = await born(store, bytes("0"));
    const raise = async (): Promise<void> => {
      for (;;) {
        const { payload, version } = await living(store, id);
        const next = bytes(String(Number(new TextDecoder().decode(payload)) + 1));
        const outcome = await store.replace(id, next, version, meta());
        if (outcome === "ok") return;
        assert.equal(outcome, "conflict");
      }
    };
    await Promise.all(RACERS.map(raise));
    await assertHolds(store, id, bytes("32"));
  });

  test("a delete among replaces ends it for good", async (store) => {
    for (let round = 0; round < ROUNDS; round++) {
      const id = await born(store);
      const { version } = await living(store, id);
      const replace = () => store.replace(id, bytes("late"), version, meta());
      const race = [replace, () => store.delete(id), replace, replace];
      const outcomes = await Promise.all([...race.slice(round % 4), ...race.slice(0, round % 4)].map((run) => run()));
      assert.ok(outcomes.includes(true), "delete must have seen it");
      await assertGone(store, id);
    }
  });

  test("a delete among renewing reads ends it for good", async (store) => {
    for (let round = 0; round < ROUNDS; round++) {
      const id = await born(store, bytes("payload"));
      const read = () => store.read(id, { ifBefore: after(7_200_000), expiresAt: after(10_800_000) });
      const [first, deleted, second] = await Promise.all([read(), store.delete(id), read()]);
      assert.equal(deleted, true);
      for (const found of [first, second]) if (found) assertSameBytes(found.payload, bytes("payload"));
      await assertGone(store, id);
    }
  });
}
