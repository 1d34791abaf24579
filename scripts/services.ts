// Why: whoever works on a store wants the real server at hand, without installing and configuring each by itself.
import { once } from "node:events";
import { parseArgs } from "node:util";
import { findProgram, howToInstall } from "./lib/programs.ts";
import { type Place, type PlaceName, places } from "./services/places.ts";

const HELP = `npm run services -- [--json] [name …]
Starts servers on loopback, prints their URLs, and keeps them up until Ctrl-C; then nothing is left of them.
Without a name: all whose programs are installed. Names: ${Object.keys(places).join(", ")}.`;

const { names, json } = readArguments();
const asked = names.length > 0 ? names : (Object.keys(places) as PlaceName[]);
const lacking = asked.filter((name) => !places[name].available);
for (const name of lacking) console.error(`Left out: ${name}. Missing: ${missingFor(name).join("; ")}`);
const chosen = asked.filter((name) => places[name].available);
if (names.length > 0 ? lacking.length > 0 : chosen.length === 0) process.exit(1);

// From here on: an end that comes early waits for what is just starting, or its files would stay.
const end = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => end.abort());
const keepAlive = setInterval(() => {}, 2 ** 30);
const started = await startAll(chosen);
if (started.size < chosen.length) process.exitCode = 1;
else if (!end.signal.aborted) {
  print(started);
  if (process.stdout.isTTY) console.error("\nCtrl-C stops them.");
  await once(end.signal, "abort");
}
await Promise.all([...started.values()].map((place) => place.stop()));
clearInterval(keepAlive);

function readArguments(): { names: PlaceName[]; json: boolean } {
  try {
    const options = { json: { type: "boolean" }, help: { type: "boolean" } } as const;
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (values.help) {
      console.log(HELP);
      process.exit(0);
    }
    for (const name of positionals) if (!(name in places)) throw new Error(`There is no "${name}".`);
    return { names: [...new Set(positionals)] as PlaceName[], json: values.json ?? false };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${HELP}`);
    process.exit(2);
  }
}

function missingFor(name: PlaceName): string[] {
  return places[name].needs.filter((program) => !findProgram(program)).map(howToInstall);
}

/** Those that came up. Tells of the others. */
async function startAll(names: PlaceName[]): Promise<Map<PlaceName, Place>> {
  const up = new Map<PlaceName, Place>();
  const waiting = new Set(names);
  const show = () => {
    const line = waiting.size > 0 ? `Starting ${[...waiting].join(", ")} …` : "";
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
  };
  if (process.stderr.isTTY) show();
  else console.error(`Starting ${names.join(", ")} (some seconds) …`);
  const start = async (name: PlaceName) => {
    try {
      up.set(name, await places[name].start());
    } catch (error) {
      console.error(`${process.stderr.isTTY ? "\r\x1b[K" : ""}${name} did not start. ${error}`);
    }
    waiting.delete(name);
    show();
  };
  await Promise.all(names.map(start));
  return up;
}

function print(started: Map<PlaceName, Place>): void {
  const urls = chosen.map((name) => [name, started.get(name)?.url ?? ""] as const);
  if (json) {
    console.log(JSON.stringify(Object.fromEntries(urls), null, 2));
    return;
  }
  const width = Math.max(...urls.map(([name]) => name.length)) + 2;
  for (const [name, url] of urls) console.log(process.stdout.isTTY ? name.padEnd(width) + url : `${name}\t${url}`);
}
