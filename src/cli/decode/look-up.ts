import type { SessionRecord } from "../../codec.ts";
import { jsonCodec } from "../../codecs/json.ts";
import { SessionError } from "../../core/errors.ts";
import type { SessionInfo, SessionManager } from "../../core/manager.ts";
import { flaskCodec } from "../../flask/codec.ts";
import { json } from "../../flask/formats/json.ts";
import { msgpack } from "../../flask/formats/msgpack.ts";
import { pickle5 } from "../../flask/formats/pickle.ts";
import type { Source } from "../lib/source.ts";
import { timesOf } from "./dewar.ts";
import { readBareId } from "./flask.ts";
import type { Candidate } from "./input.ts";
import type { CookieReport } from "./report.ts";

const flask = flaskCodec(msgpack, [msgpack, json, pickle5]);
/** What a signature is appended to. */
const SIGNED = /^([\w-]+)\.[\w-]{27,43}$/;

/** Whether what a cookie names lives in the store. Without using it: its end stays where it is. */
export async function lookUp(report: CookieReport, candidate: Candidate, source: Source): Promise<CookieReport> {
  const { id, kind } = report;
  const { value } = candidate;
  // Of the long ids that Flask-Session can be told to make, one in 256 begins like an encrypted cookie.
  const bare = kind === "dewar-sealed" && report.verdict !== "verified" ? readBareId(value) : undefined;
  if (bare !== undefined) {
    const { name } = report;
    const found = await lookUp({ ...(name !== undefined && { name }), ...bare }, candidate, source);
    return found.verdict === "verified" ? found : report;
  }
  if (id === undefined || (kind !== "dewar-token" && kind !== "flask-session-id")) return report;
  const found = (await hashed(source.manager, id)) ?? (await plain(source, SIGNED.exec(value)?.[1] ?? value));
  if (found === "no store") return report;
  if (found === undefined) return notThere(report, source);
  const living = { ...report, ...found, notes: [...report.notes.filter(isNews), ...(found.notes ?? [])] };
  if (report.verdict === "verified") return { ...living, why: `${report.why} Its session lives.` };
  if (report.verdict === "unverified")
    return { ...living, verdict: "verified", why: "Its session lives in the store." };
  return { ...living, notes: [...living.notes, "The session that it names lives; but this cookie isn't accepted."] };
}

/** Has the application itself open the cookie. As with a visit, an end that is due to move moves. */
export async function askApplication(
  report: CookieReport,
  name: string,
  value: string,
  manager: SessionManager,
): Promise<CookieReport> {
  const session = await manager.open(`${name}=${value}`);
  if (session.isNew) {
    const why = `The application finds no session by it, as the cookie "${name}": forged, ended, or of another name (--name).`;
    return { ...report, verdict: "refused", why };
  }
  const { data, subject, createdAt, expiresAt, permanent } = session;
  const record: SessionRecord = { data, permanent, ...(subject !== undefined && { subject }) };
  const times = createdAt === undefined ? { endsAt: expiresAt } : { madeAt: createdAt, endsAt: expiresAt };
  const notes = report.notes.filter(isNews);
  return { ...report, ...times, record, notes, verdict: "verified", why: "The application accepts it." };
}

type Found = Pick<CookieReport, "record" | "madeAt" | "endsAt"> & { notes?: string[] };

async function hashed(manager: SessionManager, id: string): Promise<Found | "no store" | undefined> {
  try {
    const info = await manager.get(id);
    return info && fromInfo(info);
  } catch (error) {
    if (error instanceof SessionError && error.code === "ERR_NOT_SUPPORTED") return "no store";
    throw error;
  }
}

function fromInfo({ data, permanent, subject, createdAt, expiresAt }: SessionInfo): Found {
  const record = { data, permanent, ...(subject !== undefined && { subject }) };
  return {
    record,
    ...(createdAt !== undefined && { madeAt: createdAt }),
    ...(expiresAt !== undefined && { endsAt: expiresAt }),
  };
}

/** As Flask-Session keeps them, and a manager with `hashIds: false`. */
async function plain({ store }: Source, token: string): Promise<Found | undefined> {
  const stored = await store?.read(token);
  if (stored === undefined) return undefined;
  const record = jsonCodec.decode(stored.payload) ?? flask.decode(stored.payload);
  const notes = ["The store has it under the id itself, not its hash: as Flask-Session does."];
  if (record === undefined) notes.push("What is stored is in no format that is known here.");
  return { ...timesOf(record), ...(stored.expiresAt && { endsAt: stored.expiresAt }), notes };
}

function notThere(report: CookieReport, { name }: Source): CookieReport {
  const signed = report.verdict === "verified" ? `${report.why} But no` : "No";
  if (report.verdict === "refused")
    return { ...report, notes: [...report.notes, "Nor does its session live in the store."] };
  const why = `${signed} such session lives in ${name}: it has ended, never was, or is kept elsewhere (a prefix, a table).`;
  return { ...report, verdict: "refused", why };
}

/** Whether a note still tells anything once the store was asked. */
function isNews(note: string): boolean {
  return !note.startsWith("The data are in");
}
