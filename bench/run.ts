import { parseArgs } from "node:util";
import { pin } from "./pin.ts";

const help = `npm run bench -- [what] [options]

  requests        what a session costs a request, beside a hand-written minimum and the peers (if nothing is said)
  growth          what a store's calls cost with 1,000 to 1,000,000 sessions in it
  page            how long an operator waits for the pages of dewar/admin, with 1,000,000 sessions
  commands        what the Redis commands cost that a session could be read and written by
  flask           what Flask's cookies and values cost to read and to write, beside Flask itself (needs python3)
  publish         writes the kept results into bench/README.md

  --only a,b,…    requests: only these frameworks (express, fastify), stores (redis, memcached, postgres, mysql,
                  mongodb, sqlite, file, memory, cookie), scenarios (untouched, read, write, new) or variants
                  (minimum, dewar, lazy, peer); growth and page: only these stores
  --quick         fewer and shorter rounds: shows that all works, too noisy to judge by
  --rate n        requests: n a second for all variants, in place of as many as they answer
  --up-to n       growth and page: with at most n sessions
  --help          this text

What a full run finds is kept in bench/results, store by store.
`;

/** What the command line says. */
export interface Options {
  only: readonly string[];
  quick: boolean;
  rate: number | undefined;
  upTo: number | undefined;
}

const commands: Record<string, () => Promise<{ run(options: Options): Promise<void> }>> = {
  requests: () => import("./requests.ts"),
  growth: () => import("./growth/run.ts"),
  page: () => import("./page/run.ts"),
  commands: () => import("./commands.ts"),
  flask: () => import("./flask/run.ts"),
  publish: () => import("./publish.ts"),
};

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: "string", default: "" },
      quick: { type: "boolean", default: false },
      rate: { type: "string" },
      "up-to": { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const [what = "requests", ...more] = positionals;
  const command = commands[what];
  if (!command || more.length > 0) throw new TypeError(`there is ${Object.keys(commands).join(", ")}: see --help`);
  const { run } = await command();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
  // What this process starts inherits its place.
  const pinned = pin(process.pid, "other");
  if (!pinned) process.stderr.write("The processes share all CPUs (for steadier figures: two of them, and taskset).\n");
  await run({
    only: values.only.split(",").filter((word) => word !== ""),
    quick: values.quick,
    rate: count("rate", values.rate),
    upTo: count("up-to", values["up-to"]),
  });
}

function count(option: string, text: string | undefined): number | undefined {
  if (text === undefined || /^[1-9]\d*$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new TypeError(`--${option}: a whole number, not "${text}"`);
}
