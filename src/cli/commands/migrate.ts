import { resolve } from "node:path";
import { type Duration, milliseconds } from "../../core/duration.ts";
import { clean } from "../../inspect/clean.ts";
import { counted } from "../../inspect/words.ts";
import type { Store } from "../../store.ts";
import { duration } from "../lib/arguments.ts";
import { type AddCommand, type Context, withExamples, withJson, withYes } from "../lib/command.ts";
import { EXIT, failed, usage } from "../lib/exit.ts";
import { assertThere, localPathIn } from "../lib/local-path.ts";
import { nameOf } from "../lib/source.ts";
import { type CopyOptions, copyAll, countIn, endWhatEnded } from "../migrate/copy.ts";
import { assertElsewhere } from "../migrate/elsewhere.ts";
import { flaskOrigin } from "../migrate/flask-origin.ts";
import type { Origin } from "../migrate/origin.ts";
import { ownOrigin } from "../migrate/own-origin.ts";
import { printTally } from "../migrate/print.ts";
import { Tally } from "../migrate/tally.ts";
import { type Opened, openBackEnd } from "../ping/back-end.ts";

interface Options {
  from?: string;
  to: string;
  fromFlask?: boolean;
  lifetime: Duration;
  idleTimeout: Duration;
  again?: boolean;
  remove?: boolean;
  dryRun?: boolean;
  yes?: boolean;
}

/** `dewar migrate`: copies sessions from a store to another. */
export const migrate: AddCommand = (program, act) => {
  const command = program
    .command("migrate")
    .description("Copies the sessions of one store to another. To run it again goes on: what is there is left as it is")
    .option("--from <url>", "where they are")
    .requiredOption("--to <url>", "where they go")
    .option("--from-flask", "they are Flask-Session's; without --from, FLASK_SESSION_… in the environment says where")
    .option("--dry-run", "reads, and writes nothing")
    .option("--again", "a second pass, with writers stopped: also what changed or ended since the first")
    .option("--remove", "with --from-flask: takes each away from Flask's store once it is at the target")
    .option("--lifetime <span>", "the lifetime of the application that goes on", duration, "14d")
    .option("--idle-timeout <span>", "its idleTimeout", duration, "7d");
  withYes(withJson(command));
  withExamples(command, [
    ["dewar migrate --from sqlite:sessions.db --to redis://localhost:6379 --dry-run", "what it would do"],
    ["dewar migrate --from redis://old --to postgres://shop@db/shop", "while the application runs; then stop it, and"],
    ["dewar migrate --from redis://old --to postgres://shop@db/shop --again", "what changed meanwhile"],
    [
      "dewar migrate --from-flask --from redis://localhost --to 'redis://localhost?prefix=shop:' --remove",
      "from Flask",
    ],
  ]);
  command.action(
    act<Options>(async (context, options) => {
      check(options);
      const stores = await openAll(context, options);
      try {
        return await move(context, options, stores);
      } finally {
        await Promise.allSettled([stores.origin.store.close?.(), stores.target.close?.()]);
      }
    }),
  );
};

interface Stores {
  origin: Origin;
  target: Store;
}

function check({ from, to, fromFlask, again, remove }: Options): void {
  if (from === undefined && !fromFlask) throw usage("--from: give the URL of the store where the sessions are");
  if (from !== undefined && (from === to || isSameFolder(from, to))) throw usage("--to: is the same as --from");
  if (again && fromFlask)
    throw usage("--again: not with --from-flask; stop Flask first, then nothing changes meanwhile");
  if (remove && !fromFlask) throw usage("--remove: only with --from-flask; else the source stays as it is");
}

function isSameFolder(from: string, to: string): boolean {
  const [one, other] = [from, to].map((url) => (url.startsWith("file:") ? localPathIn(url) : undefined));
  return one !== undefined && other !== undefined && resolve(one) === resolve(other);
}

async function openAll({ io }: Context, options: Options): Promise<Stores> {
  const lifetimes = {
    lifetime: milliseconds(options.lifetime, "--lifetime"),
    idle: milliseconds(options.idleTimeout, "--idle-timeout"),
  };
  let source: Opened | undefined;
  let origin: Origin;
  try {
    if (options.fromFlask) origin = await flaskOrigin(options.from, io.env, lifetimes);
    else {
      await assertThere(localPathIn(options.from ?? ""));
      source = await openBackEnd(options.from ?? "");
      const { store, backEnd } = source;
      origin = ownOrigin(nameOf(options.from ?? ""), store, lifetimes, backEnd.kind !== "redis");
    }
  } catch (error) {
    await source?.store.close?.();
    throw error instanceof TypeError ? usage(error.message) : error;
  }
  try {
    return { origin, target: (await openBackEnd(options.to)).store };
  } catch (error) {
    await origin.store.close?.();
    throw error;
  }
}

async function move(context: Context, options: Options, { origin, target }: Stores): Promise<number | undefined> {
  const { out, signal } = context;
  const { dryRun = false, again = false, remove = false } = options;
  const to = nameOf(options.to);
  if (again && !dryRun) {
    const question = `Make ${clean(to)} hold what ${clean(origin.name)} holds? Sessions that are only there are ended.`;
    if (!(await context.confirm(question))) return EXIT.refused;
  }
  if (
    remove &&
    !dryRun &&
    !(await context.confirm("Remove Flask's sessions where they were? Flask must have stopped."))
  ) {
    return EXIT.refused;
  }
  // Where nothing may be made, what is missing is to be said at once.
  await (dryRun ? target.read("dewar") : target.setup?.());
  if (!dryRun) await assertElsewhere(origin, target);
  const tally = new Tally();
  const progress = out.progress("sessions read");
  const copying: CopyOptions = { dryRun, again, remove, signal, onDone: () => progress.add() };
  try {
    await copyAll(origin, target, tally, copying);
    if (again && !signal.aborted) await endWhatEnded(origin, target, tally, copying);
  } catch (error) {
    throw failed(`${counted(tally.moved, "session")} moved, then it failed; the same command again goes on`, error);
  } finally {
    progress.end();
  }
  if (signal.aborted) {
    out.note(
      `Interrupted: ${counted(tally.seen, "session")} read, ${tally.copied} copied. The same command again goes on.`,
    );
    return EXIT.interrupted;
  }
  const held = dryRun ? undefined : await counts(context, target);
  await printTally(out, { from: origin.name, to, dryRun }, tally, held);
  if (options.fromFlask && !remove && !dryRun && tally.moved > 0) {
    out.note(
      "Flask's sessions are still where they were too. Run it again with --remove before visitors come: there, moveFromFlask " +
        "would find them again by an old cookie, also after they have signed out.",
    );
  }
  if (!options.fromFlask && !again && !dryRun && tally.copied > 0) {
    out.hint("If sessions were written or ended meanwhile: stop their writers, and run it once more with --again.");
  }
  if (held !== undefined && held < tally.mustLive()) return EXIT.failed;
  return tally.refused > 0 ? EXIT.refused : EXIT.done;
}

async function counts({ out, signal }: Context, target: Store): Promise<number | undefined> {
  const progress = out.progress("sessions counted at the target");
  try {
    return await countIn(target, signal, () => progress.add());
  } finally {
    progress.end();
  }
}
