import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "../../../src/testing/index.ts";
import type { Counter } from "./list.ts";
import { open } from "./page.ts";
import { build, type Running, start } from "./run.ts";
import type { Servers } from "./servers.ts";
import { leave, visit } from "./visit.ts";

/** Seconds: room for a busy machine, and less than the 5 for which Node keeps a connection that nobody uses. */
const SOON = 4;

/** Starts a counter, visits it, ends it, and starts it again. Throws where something isn't as it should be. */
export async function tryCounter(counter: Counter, servers: Servers): Promise<void> {
  const cwd = await mkdtemp(join(tmpdir(), "dewar-counter-"));
  try {
    await build(counter);
    const env = await servers.environmentOf(counter);
    const first = await start(counter, cwd, env);
    const jar = await endAfter(counter, first, async () => {
      await visit(first.url, counter.store);
      return leave(first.url);
    });
    const second = await start(counter, cwd, env);
    await endAfter(counter, second, async () => {
      const { count, user } = await open(createClient(second.url, { jar }));
      assert.deepEqual(
        { count, user },
        counter.store.isKept ? { count: 1, user: "Grace" } : { count: 0, user: undefined },
      );
    });
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

async function endAfter<T>({ exitCode }: Counter, running: Running, act: () => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await act();
  } catch (error) {
    const { output } = await running.end();
    throw new Error(`${error instanceof Error ? error.message : error}\nIt said: ${output}`, { cause: error });
  }
  const { code, seconds, output } = await running.end();
  assert.equal(code, exitCode, `it ended with ${code}: ${output}`);
  assert.ok(seconds < SOON, `it took ${seconds} s to end`);
  return result;
}
