import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";

const folder = new URL("results/", import.meta.url);

/** Where and when something was measured; without the machine's name. */
export interface Machine {
  node: string;
  cpu: string | undefined;
  cores: number;
  date: string;
}

/** Keeps what was measured in `results/<name>.json`, in the place of what was there. Three decimals: the noise is larger. */
export function keep(name: string, content: object): void {
  const { 0: cpu, length: cores } = cpus();
  const machine: Machine = { node: process.version, cpu: cpu?.model, cores, date: new Date().toISOString() };
  const rounded = (_key: string, value: unknown): unknown =>
    typeof value === "number" ? Math.round(value * 1000) / 1000 : value;
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify({ ...machine, ...content }, rounded, 2)}\n`);
}

/** What `keep` last got under that name, if anything. */
export function kept<T>(name: string): (T & Machine) | undefined {
  const file = new URL(`${name}.json`, folder);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T & Machine) : undefined;
}
