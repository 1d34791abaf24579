import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../scripts/stress/random.ts";
import type { Store, StoredSession } from "../../src/store.ts";
import { loopTime } from "../lib/elapsed.ts";
import { bytesOf, COUNTERS, lasting, type Step, stepsOf, textOf } from "./lib/lives.ts";
import { KINDS, type Kind, openIn } from "./lib/open.ts";

const KILLS = 200;
const WRITERS = 8;
/** Milliseconds after its first write within which a writer is killed. */
const WITHIN = 50;
/** Milliseconds: how long a dead process may keep the others waiting. */
const LOCKED_OUT = 2000;
const PATIENCE = 180_000;
const DAY = 24 * 3_600_000;
/** So many that every lock is tried. */
const PROBES = Array.from({ length: 64 }, (_, number) => `probe ${number}`);

const seed = Number(process.env["CRASH_SEED"] ?? Date.now() % 1_000_000);
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dewar-crash-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What the writers were told is done. */
class Acknowledged {
  readonly steps = new Map<string, Step>();
  readonly counts = new Map<string, number>(COUNTERS.map((id) => [id, 0]));
  readonly revived: string[] = [];

  note(line: string): void {
    const end = line.indexOf(" ");
    const [what, id] = [line.slice(0, end), line.slice(end + 1)];
    if (what === "counted") this.counts.set(id, (this.counts.get(id) ?? 0) + 1);
    else if (what === "revived") this.revived.push(id);
    else this.steps.set(id, what as Step);
  }
}

describe.each(KINDS)("%s", (kind) => {
  it(
    `outlives ${KILLS} × kill -9 while writing (CRASH_SEED=${seed})`,
    async () => {
      const random = new Random(seed, KINDS.indexOf(kind));
      const place = join(folder, kind);
      const acknowledged = new Acknowledged();
      const store = openIn(place, kind);
      for (const id of [...COUNTERS, ...PROBES]) await store.create(id, new TextEncoder().encode("0"), lasting());
      for (let kills = 0; kills < KILLS; kills += WRITERS) {
        await killWriters(place, kind, kills, random, acknowledged);
        await assertFree(store, kills);
      }
      await store.close?.();
      await assertIntact(place, kind, acknowledged);
      if (kind === "file") await assertTidy(place);
    },
    PATIENCE,
  );
});

async function killWriters(
  place: string,
  kind: Kind,
  round: number,
  random: Random,
  acknowledged: Acknowledged,
): Promise<void> {
  const script = fileURLToPath(new URL("./lib/writer.ts", import.meta.url));
  const kill = async (_: unknown, number: number) => {
    const writer = spawn(process.execPath, ["--no-warnings", script, place, kind, `${round}-${number}`], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, NODE_COMPILE_CACHE: join(folder, "compiled") },
    });
    const told = collect(writer);
    const closed = once(writer, "close");
    await Promise.race([once(writer.stdout, "data"), closed]);
    await sleep(random.below(WITHIN));
    expect(writer.kill("SIGKILL"), "the writer must still be at it").toBe(true);
    expect(await closed).toEqual([null, "SIGKILL"]);
    for (const line of told().split("\n").slice(0, -1)) acknowledged.note(line);
  };
  await Promise.all(Array.from({ length: WRITERS }, kill));
}

function collect(writer: ChildProcessByStdio<null, Readable, null>): () => string {
  let output = "";
  writer.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
  });
  return () => output;
}

/** Nobody has to wait for the dead. A renewal takes the lock, and needn't wait for the disk. */
async function assertFree(store: Store, kills: number): Promise<void> {
  const later = new Date(Date.now() + DAY + kills);
  let found: (StoredSession | undefined)[] = [];
  const took = await loopTime(async () => {
    found = await Promise.all(PROBES.map((id) => store.read(id, { ifBefore: later, expiresAt: later })));
  });
  expect(took).toBeLessThan(LOCKED_OUT);
  for (const probe of found) expect(probe?.renewed).toBe(true);
}

async function assertIntact(place: string, kind: Kind, acknowledged: Acknowledged): Promise<void> {
  const store = openIn(place, kind);
  expect(acknowledged.revived).toEqual([]);
  const [all, anns] = [await idsOf(store, {}), await idsOf(store, { subject: "ann" })];
  for (const [id, step] of acknowledged.steps) {
    const found = textOf(await store.read(id));
    expect(after(step, id), `${id} after ${step}`).toContain(found);
    if (found !== undefined) expect([all.has(id), anns.has(id)], `${id} is listed`).toEqual([true, true]);
  }
  for (const id of all) expect(await store.read(id), `${id} is listed, and can be read`).toBeDefined();
  for (const [id, count] of acknowledged.counts) {
    const stored = Number(textOf(await store.read(id)));
    expect(stored).toBeGreaterThanOrEqual(count);
    expect(stored).toBeLessThanOrEqual(count + KILLS);
    expect(count).toBeGreaterThan(0);
  }
  for (const step of ["create", "replace", "delete"]) expect([...acknowledged.steps.values()]).toContain(step);
  await store.close?.();
}

/** What may be read once a step was acknowledged: the next one may have been done, and not told of any more. */
function after(step: Step, id: string): (string | undefined)[] {
  const steps = stepsOf(Number(id.split("-").at(-1)));
  const reached = steps.slice(steps.indexOf(step), steps.indexOf(step) + 2);
  return reached.map((done) => (done === "delete" ? undefined : textOf({ payload: bytesOf(id, done) })));
}

async function idsOf(store: Store, filter: { subject?: string }): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const { id } of store.list?.(filter) ?? []) ids.add(id);
  return ids;
}

/** What the killed left is few, and goes. */
async function assertTidy(place: string): Promise<void> {
  const drafts = join(place, "sessions", "dewar.__wz_cache", "new");
  const left = await readdir(drafts);
  expect(left.length).toBeLessThanOrEqual(4 * KILLS);
  for (const name of left) await utimes(join(drafts, name), 1, 1);
  const store = openIn(place, "file");
  expect(await store.prune?.(new Date(9e12))).toBeGreaterThan(0);
  await store.close?.();
  const files = await readdir(join(place, "sessions"), { recursive: true });
  const names = files.filter((name) => !name.endsWith(".lock")).map((name) => basename(name));
  expect(names.sort()).toEqual(["dewar.__wz_cache", "ends", "lists", "locks", "new", "nobody"]);
}
