import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Store } from "../../src/store.ts";
import { fileStore } from "../../src/stores/file.ts";
import { Sessions } from "../../src/stores/lib/file/sessions.ts";
import { fileOf, seconds } from "./lib/files.ts";

const HOUR = 3_600_000;
let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "dewar-file-threshold-"));
});
afterEach(() => rm(dir, { recursive: true }));

const payload = Buffer.from("payload");
const lasting = (span: number) => ({ expiresAt: new Date(Date.now() + span), endsAt: new Date(Date.now() + span) });

async function idsOf(store: Store): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of store.list?.({}) ?? []) ids.push(id);
  return ids.sort();
}

it("is no limit by default", async () => {
  const store = fileStore({ dir });
  const ids = Array.from({ length: 600 }, (_, number) => `token${number}`);
  await Promise.all(ids.map((id) => store.create(id, payload, lasting(HOUR))));
  expect((await idsOf(store)).length).toBe(600);
  await store.close?.();
});

it("has those that end soonest go, in whatever order they came", async () => {
  const store = fileStore({ dir, threshold: 3 });
  for (const [id, hours] of [
    ["c", 3],
    ["a", 1],
    ["e", 5],
    ["b", 2],
    ["d", 4],
  ] as const) {
    await store.create(id, payload, lasting(hours * HOUR));
  }
  expect(await idsOf(store)).toEqual(["c", "d", "e"]);
  await store.create("f", payload, lasting(6 * HOUR));
  expect(await idsOf(store)).toEqual(["d", "e", "f"]);
  await store.close?.();
});

it("has what expired go first, and never the one that is being written", async () => {
  const store = fileStore({ dir, threshold: 3 });
  await store.create("long", payload, lasting(3 * HOUR));
  await store.create("brief", payload, lasting(20));
  await store.create("longer", payload, lasting(4 * HOUR));
  await sleep(30);
  await store.create("soon over", payload, lasting(HOUR));
  expect(await idsOf(store)).toEqual(["long", "longer", "soon over"]);
  await store.create("sooner over", payload, lasting(HOUR / 2));
  expect(await idsOf(store)).toEqual(["long", "longer", "sooner over"]);
  await store.close?.();
});

it("sees where a session ends now: after a renewal, a replace", async () => {
  const store = fileStore({ dir, threshold: 4 });
  for (const [id, hours] of [
    ["a", 1],
    ["b", 2],
    ["c", 3],
    ["d", 4],
  ] as const) {
    await store.create(id, payload, lasting(hours * HOUR));
  }
  await store.create("e", payload, lasting(5 * HOUR));
  await store.read("b", { ifBefore: new Date(Date.now() + 9 * HOUR), expiresAt: new Date(Date.now() + 9 * HOUR) });
  await store.replace("d", payload, payload, lasting(HOUR));
  await store.create("f", payload, lasting(6 * HOUR));
  expect(await idsOf(store)).toEqual(["b", "c", "e", "f"]);
  await store.create("g", payload, lasting(6 * HOUR));
  expect(await idsOf(store)).toEqual(["b", "e", "f", "g"]);
  await store.close?.();
});

it("holds with many at once, and takes no more than it must", async () => {
  const store = fileStore({ dir, threshold: 10 });
  const ids = Array.from({ length: 64 }, (_, number) => `token${number}`);
  await Promise.all(ids.map((id, index) => store.create(id, payload, lasting(HOUR + index))));
  expect((await idsOf(store)).length).toBe(10);
  await store.close?.();
});

it("makes room for what was deleted", async () => {
  const store = fileStore({ dir, threshold: 3 });
  for (const id of ["a", "b", "c"]) await store.create(id, payload, lasting(HOUR));
  await store.delete("b");
  await store.create("d", payload, lasting(HOUR));
  expect(await idsOf(store)).toEqual(["a", "c", "d"]);
  expect(await store.create("d", payload, lasting(HOUR))).toBe("exists");
  expect(await idsOf(store)).toEqual(["a", "c", "d"]);
  await store.close?.();
});

it("counts what other processes, and earlier ones, made and removed: a second late at most", async () => {
  const [one, two] = [fileStore({ dir, threshold: 5 }), fileStore({ dir, threshold: 5 })];
  for (const id of ["a", "b", "c", "d"]) await one.create(id, payload, lasting(HOUR));
  await two.create("e", payload, lasting(2 * HOUR));
  for (const id of ["a", "b"]) await two.delete(id);
  await sleep(4000);
  for (const id of ["f", "g"]) await one.create(id, payload, lasting(HOUR));
  expect(await idsOf(one)).toEqual(["c", "d", "e", "f", "g"]);
  await two.create("h", payload, lasting(HOUR));
  expect((await idsOf(two)).length).toBeLessThanOrEqual(6);
  await Promise.all([one.close?.(), two.close?.()]);
});

it("what other programs wrote in sessions' places neither counts nor keeps anybody waiting", async () => {
  const store = fileStore({ dir, threshold: 3 });
  for (const id of ["a", "b", "c"]) {
    await store.create(id, payload, lasting(HOUR));
    await writeFile(fileOf(dir, id), Buffer.concat([seconds(0), payload]));
  }
  for (const id of ["d", "e", "f"]) expect(await store.create(id, payload, lasting(HOUR))).toBe("ok");
  expect(await idsOf(store)).toEqual(["d", "e", "f"]);
  expect(await store.create("g", payload, lasting(2 * HOUR))).toBe("ok");
  expect((await idsOf(store)).length).toBe(3);
  expect((await store.read("a"))?.payload).toEqual(payload);
  await store.close?.();
});

it("room that pruning made is room: nobody who lives goes", async () => {
  const store = fileStore({ dir, threshold: 20 });
  for (let count = 0; count < 9; count++) await store.create(`ending${count}`, payload, lasting(50));
  for (let count = 0; count < 11; count++) await store.create(`living${count}`, payload, lasting(HOUR));
  await sleep(60);
  expect(await store.prune?.(new Date())).toBe(9);
  for (let count = 0; count < 9; count++) await store.create(`new${count}`, payload, lasting(HOUR));
  expect(await idsOf(store)).toHaveLength(20);
  await store.close?.();
});

it("a session that is written again and again is one that ends soonest, not many", async () => {
  const store = fileStore({ dir, threshold: 3 });
  for (const id of ["a", "b", "c", "d"]) await store.create(id, payload, lasting(HOUR));
  for (let count = 0; count < 100; count++) await store.replace("d", payload, payload, lasting(HOUR + count));
  const removed = vi.spyOn(Sessions.prototype, "removeIf");
  for (const id of ["e", "f"]) await store.create(id, payload, lasting(2 * HOUR));
  expect(removed.mock.calls.length).toBeLessThan(5);
  vi.restoreAllMocks();
  expect(await idsOf(store)).toEqual(["d", "e", "f"]);
  await store.close?.();
});
