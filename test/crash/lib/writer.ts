/** A process that is to be killed: writes all the time, and tells of each write once it was acknowledged. */
import { writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { brief, bytesOf, COUNTERS, lasting, stepsOf, textOf } from "./lives.ts";
import { type Kind, openIn } from "./open.ts";

const [folder = "", kind, name = ""] = process.argv.slice(2);
const store = openIn(folder, kind as Kind);

/** To a pipe, at once: what is told is never lost with the process. */
const tell = (...words: string[]) => writeSync(1, `${words.join(" ")}\n`);

/** As between requests. One that writes without a pause keeps an SQLite file to itself. */
const pause = () => sleep(3 * Math.random());

async function live(flow: number): Promise<never> {
  for (let count = flow; ; count++) {
    const id = `${name}-${flow}-${count}`;
    for (const step of stepsOf(count)) {
      if (step === "create") await store.create(id, bytesOf(id, step), lasting("ann"));
      if (step === "replace") await store.replace(id, bytesOf(id, step), bytesOf(id, "create"), lasting());
      if (step === "delete") await store.delete(id);
      tell(step, id);
      await pause();
    }
    const late = await store.replace(id, bytesOf(id, "create"), bytesOf(id, "create"), lasting());
    if (late === "ok") tell("revived", id);
  }
}

async function count(): Promise<never> {
  for (let turn = process.pid; ; turn++) {
    const id = COUNTERS[turn % COUNTERS.length] ?? "";
    const found = await store.read(id, { ifBefore: lasting().expiresAt, expiresAt: lasting().expiresAt });
    const next = Number(textOf(found)) + 1;
    const payload = new TextEncoder().encode(String(next));
    if ((await store.replace(id, payload, found?.version, lasting())) === "ok") tell("counted", id);
    await pause();
  }
}

async function cleanUp(): Promise<never> {
  for (let turn = 0; ; turn++) {
    await store.create(`${name}-brief-${turn}`, bytesOf("", "create"), brief());
    await store.prune?.(new Date());
    await pause();
  }
}

const started = live(0);
flushCompileCache(); // the next writer starts sooner
await Promise.all([started, live(1), count(), cleanUp()]);
