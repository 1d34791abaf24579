import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds. Machines with few cores and much to do start a server slowly. */
const PATIENCE = 30_000;

/** Waits until something is so. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const start = performance.now(); !(await isSo()); await sleep(20)) {
    if (performance.now() - start > PATIENCE) throw new Error(`Waited ${PATIENCE} ms in vain until ${what}.`);
  }
}
