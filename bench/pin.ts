import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

const last = availableParallelism() - 1;

/**
 * Gives the servers a CPU of their own, and all else the others. Left to itself, the scheduler now and then puts a server
 * and its visitors on one CPU, and a request costs half as much again. Returns whether it could: it takes two CPUs and
 * `taskset` (Linux).
 */
export function pin(process: number | undefined, role: "server" | "other"): boolean {
  if (last < 1 || process === undefined) return false;
  const cpus = role === "server" ? `${last}` : `0-${last - 1}`;
  return spawnSync("taskset", ["--all-tasks", "--cpu-list", "--pid", cpus, `${process}`]).status === 0;
}
