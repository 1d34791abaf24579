import { clean } from "../../inspect/clean.ts";
import { meaningOf, rounded } from "../bench/meaning.ts";
import { openOwnPlace } from "../bench/own-place.ts";
import { CROWDS, KINDS, type Result, runAll } from "../bench/run.ts";
import { SESSION_BYTES, Visits } from "../bench/visits.ts";
import { wholeNumber } from "../lib/arguments.ts";
import { type AddCommand, type Context, withExamples, withJson } from "../lib/command.ts";
import { failed, usage } from "../lib/exit.ts";
import { nameOf } from "../lib/source.ts";
import { inMs } from "../ping/times.ts";

/** `dewar bench`: what a store can do, by a load on a place of its own. */
export const bench: AddCommand = (program, act) => {
  const command = program
    .command("bench")
    .description(
      "Puts a minute's load on a store, in a prefix or table of its own that it removes, and says what that means",
    )
    .option("--store <url>", "its URL, as connectStore takes it (or DEWAR_STORE in the environment)")
    .option("--seconds <number>", "how long, in all", wholeNumber, 60);
  withJson(command);
  withExamples(command, [
    ["dewar bench --store redis://localhost:6379", "a minute; whatever else uses that server is slower meanwhile"],
    ["dewar bench --store sqlite:sessions.db --seconds 12", "a first impression"],
  ]);
  command.action(
    act<{ store?: string; seconds: number }>(async (context, { store, seconds }) => {
      const url = store ?? (context.io.env["DEWAR_STORE"] || undefined);
      if (url === undefined) throw usage("--store: give the URL of a store, or DEWAR_STORE in the environment");
      const results = await load(context, url, seconds);
      if (context.signal.aborted) context.out.note("Interrupted, and removed.");
      else await print(context, nameOf(url), seconds, results);
      return undefined;
    }),
  );
};

async function load({ out, signal }: Context, url: string, seconds: number): Promise<Result[]> {
  const place = await openOwnPlace(url);
  const visits = new Visits(place.store);
  const progress = out.progress("parts measured", CROWDS.length * Object.keys(KINDS).length);
  out.hint(clean(`For ${seconds} seconds, in ${place.name}, which is removed at the end.`));
  try {
    return await runAll(visits, seconds, place.store.list !== undefined, signal, () => progress.add());
  } finally {
    progress.end();
    if (place.backEnd.kind === "memcached") await visits.removeAll().catch(() => {});
    await place.remove().catch((error: unknown) => {
      throw failed(`${place.name} couldn't be removed: do it by hand`, error);
    });
  }
}

async function print({ out }: Context, name: string, seconds: number, results: Result[]): Promise<void> {
  const meaning = meaningOf(results);
  if (out.json) {
    const measured = results.map(({ kind, at, perSecond, median, p99, busy }) => ({
      kind,
      at,
      perSecond,
      median,
      p99,
      busy,
    }));
    return out.document({ store: name, seconds, sessionBytes: SESSION_BYTES, results: measured, meaning });
  }
  const table = out.table([
    { title: "AT ONCE", align: "right" },
    { title: "WHAT" },
    { title: "A SECOND", align: "right" },
    { title: "MEDIAN", align: "right" },
    { title: "P99", align: "right" },
  ]);
  for (const { at, kind, perSecond, median, p99 } of results) {
    await table.row(String(at), KINDS[kind], rounded(perSecond), inMs(median), inMs(p99));
  }
  await table.end();
  if (!out.isTerminal) return;
  await out.line();
  for (const sentence of meaning) await out.line(sentence);
}
