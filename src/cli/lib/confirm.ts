import { createInterface } from "node:readline/promises";
import { usage } from "./exit.ts";
import type { Io } from "./io.ts";

/** Asks on the terminal, where only "y" and "yes" are a yes. Without a terminal there is nobody to ask: exit code 2. */
export async function confirm(io: Io, question: string): Promise<boolean> {
  if (!io.stdin.isTTY || !io.stderr.isTTY) {
    throw usage(`${question} There is no terminal to answer on: give --yes if that is what you want.`);
  }
  const lines = createInterface({ input: io.stdin, output: io.stderr, terminal: true });
  lines.on("SIGINT", () => io.interrupt());
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal: io.signal });
    return /^\s*y(es)?\s*$/i.test(answer);
  } catch (error) {
    if (io.signal.aborted) return false;
    throw error;
  } finally {
    lines.close();
  }
}
