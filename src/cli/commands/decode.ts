import type { Readable } from "node:stream";
import { milliseconds } from "../../core/duration.ts";
import { decodeCookie } from "../decode/decode.ts";
import { type Candidate, candidatesIn, MOST_CHARACTERS } from "../decode/input.ts";
import { askApplication, lookUp } from "../decode/look-up.ts";
import { printReport, toDocument } from "../decode/print.ts";
import type { CookieReport } from "../decode/report.ts";
import { type AddCommand, type Context, withExamples, withJson, withStore } from "../lib/command.ts";
import { EXIT, usage } from "../lib/exit.ts";
import { unshield } from "../lib/shield.ts";
import type { Source, SourceOptions } from "../lib/source.ts";

/** Flask's own default. */
const FLASK_LIFETIME = "31d";

interface Options extends SourceOptions {
  secret?: string[];
  name?: string;
  reveal?: boolean;
}

/** `dewar decode`: what a cookie is, whether it holds, and what is in it. */
export const decode: AddCommand = (program, act) => {
  const command = program
    .command("decode")
    .description("Tells what a cookie is, whether it verifies, and what is in it: dewar's, Flask's, express-session's")
    .argument("<cookie>", 'its value, name=value, or a whole Cookie header; "-" reads it from stdin')
    .option(
      "--secret <secret>",
      "verifies with it; several: first the current one (or DEWAR_SECRET, one a line)",
      collect,
    )
    .option("--name <name>", 'the cookie\'s name, which is bound in (default: the one beside the value, or "session")')
    .option("--reveal", "shows sensitive values too: tokens, passwords, keys");
  withStore(withJson(command));
  withExamples(command, [
    ["pbpaste | DEWAR_SECRET=… dewar decode -", "keeps cookie and secret out of the shell's history and of ps"],
    ['dewar decode "session=eyJ1c2VyX2lkIjo0Mn0.ZVPxAA.…"', "what is in Flask's cookie, which is only signed"],
    ["dewar decode - --store redis://localhost:6379", "whether the session lives"],
    ["dewar decode - --lifetime 12h", "Flask's cookie, with PERMANENT_SESSION_LIFETIME of 12 hours (default: 31d)"],
  ]);
  command.action(
    act<Options>(async (context, options, [cookie = ""]) => {
      const candidates = await candidatesOf(cookie, context, options);
      const source = wantsStore(options, context) ? await context.source() : undefined;
      const reports: CookieReport[] = [];
      for (const candidate of candidates) reports.push(await judged(candidate, context, options, source));
      await print(context, reports, options.reveal === true);
      return reports.some(({ verdict }) => verdict === "verified") ? EXIT.done : EXIT.refused;
    }),
  );
};

async function candidatesOf(cookie: string, { io, out }: Context, { name }: Options): Promise<Candidate[]> {
  if (cookie === "-" && io.stdin.isTTY) out.hint("Paste the cookie, and end with Ctrl-D in a line of its own.");
  const pasted = cookie === "-" ? await readAll(io.stdin, io.signal) : cookie;
  let candidates: Candidate[];
  try {
    candidates = candidatesIn(pasted);
  } catch (error) {
    throw error instanceof TypeError ? usage(error.message) : error;
  }
  if (name === undefined || candidates.length === 1) return candidates;
  const named = candidates.filter((candidate) => candidate.name === name);
  if (named.length === 0) throw usage(`--name: none of these ${candidates.length} cookies has this name`);
  return named;
}

async function judged(
  candidate: Candidate,
  { io }: Context,
  options: Options,
  source: Source | undefined,
): Promise<CookieReport> {
  const { lifetime = FLASK_LIFETIME } = options;
  const cookieName = options.name ?? candidate.name ?? "session";
  const secrets = options.secret ?? (io.env["DEWAR_SECRET"] ?? "").split(/\r?\n/).filter((line) => line !== "");
  const flaskLifetime = Math.floor(milliseconds(lifetime, "lifetime") / 1000);
  const report = decodeCookie(candidate, { secrets, cookieName, now: new Date(), flaskLifetime });
  if (source === undefined) return report;
  const found = await lookUp(report, candidate, source);
  // By a configuration, the application has its secrets itself.
  const asks = options.config !== undefined && secrets.length === 0 && report.verdict === "unverified";
  return asks ? askApplication(found, cookieName, candidate.value, source.manager) : found;
}

async function print({ out }: Context, reports: CookieReport[], reveal: boolean): Promise<void> {
  if (out.json) return out.document({ cookies: reports.map((report) => toDocument(report, reveal)) });
  for (const [index, report] of reports.entries()) {
    if (index > 0) await out.line();
    await printReport(out, report, reveal);
  }
}

/** A configuration that lies in the folder isn't run for it unasked: to decode needs no store. */
function wantsStore({ store, config }: Options, { io }: Context): boolean {
  return store !== undefined || config !== undefined || Boolean(io.env["DEWAR_STORE"]);
}

async function readAll(stdin: Readable, signal: AbortSignal): Promise<string> {
  let text = "";
  // Else it would go on waiting for what nobody types.
  signal.addEventListener("abort", () => stdin.destroy(), { once: true });
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > MOST_CHARACTERS) break;
  }
  return text;
}

function collect(secret: string, before: string[] = []): string[] {
  return [...before, unshield(secret)];
}
