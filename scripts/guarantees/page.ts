import { type StressReport, tableOf } from "../stress/report.ts";
import type { Mark, Marks } from "./marks.ts";
import { storeNames, stores } from "./stores.ts";

const INTRODUCTION = `# Guarantees

What each store holds, as its tests found it. This page is written by \`npm run guarantees\`: a ✓ stands where every test of
that line passed for that store, on a real server, and nowhere else. Where a store can't hold a line, or there is nothing to
hold, a number leads to the reason.`;

const STORM = `## The storm

\`npm run stress\` lets several processes loose on the same sessions, writes down what each request was told and saw, and
checks it afterwards. Each request goes through a real session manager: it opens a session, changes it, commits. Sessions that
last are counted in by \`update\`, and written in by requests that each have a key of their own. Sessions that don't last are
logged in, moved to new tokens and ended, while others read and write them; their users are listed, and signed out
everywhere. A violation is anything acknowledged that isn't there, anything ended that is seen alive, or a list that
lacks a session or holds one too many. An update is in time if it is done before
\`storeTimeout\`, 2 seconds; p50 and p99 are the times of those that were, from opening the session to its commit.`;

const MONGODB = `## MongoDB

There is no MongoDB in the registries that our tests install from. The column was filled against a stand-in,
[mongo-java-server](https://github.com/bwaldvogel/mongo-java-server) with its H2 backend, by MongoDB's own driver: its updates
are atomic, and its unique indexes hold. Not tried against MongoDB itself: replica sets and their failover, write concerns,
writes that the driver repeats, the removal of what expired by the TTL index, and speed.`;

const SENTINEL = `## Redis Sentinel

The Sentinel client of \`redis\` repeats a command whose answer got lost, and gives no sign of it. The line on lost answers
holds for it with \`maxCommandRediscovers: 0\`, which \`connectStore\` sets, and for \`ioredis\`. With that client's default an update may be
applied twice, if another one comes before the repetition; a test shows it.`;

const LONG = `### The long run

The same with 1,000,000 operations a store, in rounds of 50,000 (of SQLite and Memcached, in one): an hour and more for all.`;

/** The page, from the marks and the figures of the storm: of all stores, and of the long runs that were done. */
export function pageOf(marks: Marks, storm: StressReport, long: readonly [StressReport, ...StressReport[]]): string {
  const reasons: string[] = [];
  const cellOf = (mark: Mark): string => {
    if (mark.kind === "held") return "✓";
    if (mark.kind === "broken") return "✗";
    if (mark.kind === "unproven") return "?";
    if (!reasons.includes(mark.reason)) reasons.push(mark.reason);
    return `(${reasons.indexOf(mark.reason) + 1})`;
  };
  const head = ["", ...storeNames.map((store) => stores[store].label)];
  const body = marks.rows.map((row) => [row.guarantee, ...row.marks.map(cellOf)]);
  const notes = reasons.map((reason, index) => `${index + 1}. ${reason}`).join("\n");
  const storms = [STORM, stormFigures([storm]), LONG, stormFigures(long)];
  return [INTRODUCTION, markdownTable([head, ...body]), notes, MONGODB, SENTINEL, ...storms, ""].join("\n\n");
}

/** Of runs on machines of one kind. */
function stormFigures(storms: readonly [StressReport, ...StressReport[]]): string {
  const [{ node, cores, processes, inFlight }] = storms;
  const dates = [...new Set(storms.map(({ date }) => date))].sort();
  const seeds = storms.map(({ seed, stores: its }) =>
    storms.length > 1 ? `${seed} (${Object.keys(its).join(", ")})` : seed,
  );
  const how =
    `On ${dates.join(" and ")}, ${processes} processes with ${inFlight} requests in flight each, on 1, 8 and 1,000 sessions, all with the ` +
    `server on ${cores} cores of one machine, Node ${node}, seed ${seeds.join(", ")}:`;
  const all = Object.assign({}, ...storms.map((storm) => storm.stores));
  const inOrder = storeNames.flatMap((name) => (all[name] ? [[name, all[name]]] : []));
  return `${how}\n\n${markdownTable(tableOf({ ...storms[0], stores: Object.fromEntries(inOrder) }))}`;
}

function markdownTable([head = [], ...body]: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  const rule = `|${head.map((_, column) => (column === 0 ? "---" : ":-:")).join("|")}|`;
  return [line(head), rule, ...body.map(line)].join("\n");
}
