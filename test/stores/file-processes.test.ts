import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fileStore } from "../../src/stores/file.ts";
import { loopTime } from "../lib/elapsed.ts";

const PROCESSES = 4;
const ROUNDS = "40";
const IDS = ["a", "b"];

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "dewar-file-processes-"));
});
afterEach(() => rm(dir, { recursive: true }));

const locks = () => join(dir, "dewar.__wz_cache", "locks");
const lasting = () => ({ expiresAt: new Date(Date.now() + 3_600_000), endsAt: new Date(Date.now() + 7_200_000) });
const bytes = (text: string) => Buffer.from(text);
const start = (...args: string[]) =>
  spawn(process.execPath, ["--no-warnings", fileURLToPath(new URL("./lib/file-worker.ts", import.meta.url)), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });

it("no increment of several processes is lost", async () => {
  const store = fileStore({ dir });
  for (const id of IDS) await store.create(id, bytes("0"), lasting());
  const told = await Promise.all(
    Array.from({ length: PROCESSES }, async () => {
      const worker = start("raise", dir, ROUNDS, ...IDS);
      let output = "";
      worker.stdout.on("data", (chunk) => {
        output += chunk;
      });
      await once(worker, "close");
      return JSON.parse(output) as number[];
    }),
  );
  for (const [index, id] of IDS.entries()) {
    const acknowledged = told.reduce((sum, counts) => sum + (counts[index] ?? 0), 0);
    expect(acknowledged).toBeGreaterThan(0);
    expect((await store.read(id))?.payload).toEqual(bytes(String(acknowledged)));
  }
  await store.close?.();
});

it("a process that is killed while it holds the locks keeps nobody waiting", async () => {
  const store = fileStore({ dir });
  for (let count = 0; count < 64; count++) await store.create(`token${count}`, bytes("old"), lasting());
  expect((await readdir(locks())).length).toBe(16);
  const worker = start("lock", dir);
  await once(worker.stdout, "data");
  const waiting = store.replace("token0", bytes("new"), bytes("old"), lasting());
  expect(await Promise.race([waiting, sleep(100, "waiting")])).toBe("waiting");
  worker.kill("SIGKILL");
  const lockedOut = await loopTime(async () => {
    expect(await waiting).toBe("ok");
    for (let count = 1; count < 64; count++) {
      const later = new Date(Date.now() + 9_000_000);
      expect((await store.read(`token${count}`, { ifBefore: later, expiresAt: later }))?.renewed).toBe(true);
    }
  });
  expect(lockedOut).toBeLessThan(2000);
  await store.close?.();
});

it("a process that is stopped while it holds a lock is named in the error; reads go on, the event loop too", async () => {
  const store = fileStore({ dir });
  await store.create("token", bytes("old"), lasting());
  const worker = start("lock", dir);
  try {
    await once(worker.stdout, "data");
    worker.kill("SIGSTOP");
    let turns = 0;
    const ticking = setInterval(() => turns++, 10);
    await expect(store.replace("token", bytes("new"), bytes("old"), lasting())).rejects.toThrow(
      /^Another process has held .*\.lock for 2 seconds/,
    );
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(50);
    expect((await store.read("token"))?.payload).toEqual(bytes("old"));
    expect(await readdir(join(dir, "dewar.__wz_cache", "new"))).toEqual([]);
  } finally {
    worker.kill("SIGKILL");
  }
  expect(await store.replace("token", bytes("new"), bytes("old"), lasting())).toBe("ok");
  await store.close?.();
});

it("two stores of one process lock each other out too, and the lock files stay empty", async () => {
  const stores = [fileStore({ dir }), fileStore({ dir })];
  await stores[0]?.create("token", bytes("0"), lasting());
  for (let round = 0; round < 50; round++) {
    const outcomes = await Promise.all(
      stores.map((store) => store.replace("token", bytes(String(round + 1)), bytes(String(round)), lasting())),
    );
    expect(outcomes.sort()).toEqual(["conflict", "ok"]);
  }
  for (const name of await readdir(locks())) {
    expect(name).toMatch(/^[0-9a-f]\.lock$/);
    expect((await stat(join(locks(), name))).size).toBe(0);
  }
  for (const store of stores) await store.close?.();
});

it("a lock file that somebody cleared away locks nobody out, and nobody in", async () => {
  const [one, two] = [fileStore({ dir }), fileStore({ dir })];
  await one.create("token", bytes("old"), lasting());
  const [name = ""] = await readdir(locks());
  await unlink(join(locks(), name));
  expect(await two.replace("token", bytes("new"), bytes("old"), lasting())).toBe("ok");
  const worker = start("lock", dir);
  try {
    await once(worker.stdout, "data");
    await expect(one.delete("token")).rejects.toThrow(/^Another process has held/);
  } finally {
    worker.kill("SIGKILL");
  }
  expect(await one.delete("token")).toBe(true);
  await Promise.all([one.close?.(), two.close?.()]);
});
