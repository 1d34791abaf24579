// Why: a store that loses one update in a million passes every test that looks at one thing at a time. Here many
// processes meet on the same sessions, and what they were told is held against what is there.
import { parseArgs, styleText } from "node:util";
import { type PlaceName, places } from "./services/places.ts";
import { figuresOf, holds, newReport, tableOf } from "./stress/report.ts";
import { runStress, SLOTS, WORKERS } from "./stress/run.ts";

const HELP = `npm run stress -- [options]

Lets ${WORKERS} processes with ${SLOTS} requests in flight each loose on every store, and checks what they did.
Ends with code 1 if anything acknowledged was lost, or too few updates were done in time.

  --store a,b      only these of: ${Object.keys(places).join(", ")}
  --ops n          operations for each store; default 50,000. The long run: 1,000,000
  --seed n         chooses what each request does; printed, so that a run can be repeated
  --json           prints the figures as JSON
  --help           prints this`;

const MOST_SHOWN = 10;

const { values } = parseArgs({
  options: {
    store: { type: "string" },
    ops: { type: "string", default: "50000" },
    seed: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(HELP);
else await storm();

async function storm(): Promise<void> {
  const operations = wholeNumber("ops", values.ops, 1);
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : wholeNumber("seed", values.seed, 0);
  const report = newReport(seed);
  say(`seed ${seed}; ${operations.toLocaleString("en")} operations for each store`);
  for (const name of chosen()) {
    const place = await places[name].start();
    try {
      const result = await runStress({
        url: place.url,
        operations,
        seed,
        patience: patienceFor(operations),
        onProgress: progressOf(name),
      });
      clearLine();
      const figures = figuresOf(result);
      report.stores[name] = figures;
      for (const { rule, what } of result.violations.slice(0, MOST_SHOWN))
        say(styleText("red", `${name}: ${rule}: ${what}`));
      if (!holds(figures)) process.exitCode = 1;
    } finally {
      await place.stop();
    }
  }
  console.log(values.json ? JSON.stringify(report, undefined, 2) : textTable(tableOf(report)));
}

function chosen(): PlaceName[] {
  const all = Object.keys(places) as PlaceName[];
  const asked = values.store?.split(",");
  for (const name of asked ?? []) {
    if (!all.includes(name as PlaceName)) fail(`--store: there is no ${name}; there are ${all.join(", ")}`);
    if (!places[name as PlaceName].available) fail(`--store: this machine lacks the program for ${name}`);
  }
  const present = all.filter((name) => places[name].available);
  const missing = all.filter((name) => !places[name].available);
  if (asked === undefined && missing.length > 0)
    say(`left out, since their programs are missing: ${missing.join(", ")}`);
  return asked === undefined ? present : all.filter((name) => asked.includes(name));
}

/** Milliseconds: a store so slow that it takes longer has failed. */
function patienceFor(operations: number): number {
  return 120_000 + operations * 10;
}

function progressOf(name: string): (part: number) => void {
  let told = 0;
  return (part) => {
    const percent = Math.min(100, Math.floor(part * 100));
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${name} ${percent} %`);
    else if (percent >= told + 10) {
      told = percent - (percent % 10);
      say(`${name} ${told} %`);
    }
  };
}

function clearLine(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
}

function textTable(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function wholeNumber(option: string, text: string, least: number): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < least)
    fail(`--${option} takes a whole number from ${least} on, and not ${text}`);
  return number;
}

/** For people: what is piped on is the figures alone. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
