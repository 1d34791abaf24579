// Why: people copy the examples, so each must run as it is. This starts each, speaks to it from outside, and prints a table:
// `node scripts/examples.ts`, or with a part of a name: `node scripts/examples.ts stores/`. The tests do the same.
import { styleText } from "node:util";
import { type Counter, counters } from "../test/examples/counters/list.ts";
import { canRun, Servers } from "../test/examples/counters/servers.ts";
import { tryCounter } from "../test/examples/counters/try.ts";

const signs = {
  passed: styleText("green", "✓ passed"),
  failed: styleText("red", "✗ failed"),
  skipped: styleText("yellow", "- skipped"),
};
type State = keyof typeof signs;

const wanted = process.argv.slice(2);
const chosen = counters.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
const servers = new Servers();
const count = { passed: 0, failed: 0, skipped: 0 };

for (const counter of chosen) {
  const start = performance.now();
  const { state, why = "" } = await attempt(counter);
  count[state]++;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${counter.name.padEnd(26)} ${seconds.padStart(5)} s  ${signs[state]}  ${why}`.trimEnd());
}
await servers.stop();
console.log(`\nexamples: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
process.exitCode = count.failed > 0 || count.passed === 0 ? 1 : 0;

async function attempt(counter: Counter): Promise<{ state: State; why?: string }> {
  if (!canRun(counter)) {
    return { state: "skipped", why: `it needs ${[counter.program, ...Object.values(counter.servers)].join(" and ")}` };
  }
  try {
    await tryCounter(counter, servers);
    return { state: "passed" };
  } catch (error) {
    return { state: "failed", why: String(error) };
  }
}
