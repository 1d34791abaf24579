import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Store } from "../../store.ts";
import {
  after,
  assertGone,
  assertHolds,
  assertSameBytes,
  born,
  bornFor,
  bytes,
  living,
  meta,
  newId,
  pass,
  type StoreTests,
  tally,
} from "./kit.ts";

const RACERS: readonly number[] = [...Array(32).keys()];
const ROUNDS = 20;

/** Of several at once exactly one wins, and what has ended stays ended. */
export function testRaces({ test, resolution, maxBytes }: StoreTests): void {
  test("of two creates of one id exactly one is done", async (store) => {
    for (let round = 0; round < ROUNDS; round++) await raceToCreate(store, newId(), 2);
  });

  test("of 32 creates of one id exactly one is done", async (store) => {
    await raceToCreate(store, newId(), RACERS.length);
  });

  test("of 32 creates of an id that was deleted exactly one is done", async (store) => {
    const id = await born(store);
    await store.delete(id);
    await raceToCreate(store, id, RACERS.length);
  });

  test("of 32 creates of an id that has expired exactly one is done", async (store) => {
    const { id, end } = await bornFor(store, 4 * resolution);
    await pass(end, resolution);
    await raceToCreate(store, id, RACERS.length);
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
      // Whoever loses, loses against one who has raised it.
      for (let tries = 0; tries < RACERS.length; tries++) {
        const { payload, version } = await living(store, id);
        const next = bytes(String(Number(new TextDecoder().decode(payload)) + 1));
        const outcome = await store.replace(id, next, version, meta());
        if (outcome === "ok") return;
        assert.equal(outcome, "conflict");
      }
      assert.fail("a conflict, though nobody else came between");
    };
    await Promise.all(RACERS.map(raise));
    await assertHolds(store, id, bytes("32"));
  });

  test("a read among replaces sees one payload or the other, never a mixture", async (store) => {
    const payloads = [0, 1].map((value) => new Uint8Array(Math.min(65_536, maxBytes)).fill(value)) as [
      Uint8Array,
      Uint8Array,
    ];
    const id = await born(store, payloads[0]);
    let done = false;
    const reader = async () => {
      while (!done) {
        const { payload } = await living(store, id);
        assertSameBytes(payload, payloads[payload[0] === 0 ? 0 : 1]);
        await nextTurn();
      }
    };
    const writer = async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const { version } = await living(store, id);
        assert.equal(await store.replace(id, payloads[round % 2 === 0 ? 1 : 0], version, meta()), "ok");
      }
    };
    const stop = () => {
      done = true;
    };
    await Promise.all([writer().finally(stop), reader(), reader()]);
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

async function raceToCreate(store: Store, id: string, racers: number): Promise<void> {
  const race = Array.from({ length: racers }, (_, racer) => store.create(id, bytes(`by ${racer}`), meta()));
  const outcomes = await Promise.all(race);
  assert.deepEqual(tally(outcomes), { ok: 1, exists: racers - 1 });
  await assertHolds(store, id, bytes(`by ${outcomes.indexOf("ok")}`));
}
