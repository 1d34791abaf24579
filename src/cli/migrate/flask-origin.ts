import { Buffer } from "node:buffer";
import { jsonCodec } from "../../codecs/json.ts";
import { fingerprint } from "../../core/crypto.ts";
import { SessionError } from "../../core/errors.ts";
import type { SessionOptions } from "../../core/options.ts";
import { isEmpty } from "../../core/record.ts";
import { fromEnvironment } from "../../flask/from-env.ts";
import { toOwn } from "../../flask/moving/to-own.ts";
import { usage } from "../lib/exit.ts";
import { nameOf } from "../lib/source.ts";
import { assertPlace, placeOf } from "./flask-place.ts";
import { type Lifetimes, listing, type Origin, type Transfer, type Unmovable } from "./origin.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** How a listing names a session whose file doesn't tell its id. */
const FILE = /^file:([0-9a-f]+)$/;

/**
 * Sessions of Flask-Session's layout, written as dewar's own under the hash of their id: where a manager looks for them that is
 * asked by an old cookie. Without `url`, all is said by `FLASK_…` in the environment, as Flask itself has it.
 */
export async function flaskOrigin(url: string | undefined, env: Environment, lifetimes: Lifetimes): Promise<Origin> {
  const said = url === undefined ? env : { ...env, ...placeOf(url) };
  if (url !== undefined) await assertPlace(url, said);
  const options = await fromEnvironment({ ...said });
  const { store, codec } = options;
  if (store === undefined || codec === undefined) {
    throw usage(
      "--from-flask: Flask's own cookie holds its session: nothing to copy; moveFromFlask takes it at a visit",
    );
  }
  const type = said["FLASK_SESSION_TYPE"] ?? "";
  const isBare = (said["FLASK_SESSION_KEY_PREFIX"] ?? "session:") === "";
  try {
    return {
      name: url === undefined ? `Flask's sessions (${type.toLowerCase()})` : nameOf(url),
      store,
      list: listing(store, "--from-flask: Memcached can't list its sessions; moveFromFlask takes them at the visit"),
      convert(listed, now) {
        const id = hashedId(listed.id, isBare);
        if (id === undefined) return { reason: NAMELESS };
        return convert(id, listed.payload, codec, listed.expiresAt, lifetimes, now);
      },
    };
  } catch (error) {
    await store.close?.();
    throw error;
  }
}

const NAMELESS =
  "in files, whose names don't tell the id of a session: moveFromFlask takes them over when their visitors come";

/** What the store's id becomes in ours. A file's name is the hash of prefix and id: with no prefix, the very hash. */
function hashedId(id: string, isBare: boolean): string | undefined {
  const [, digest] = FILE.exec(id) ?? [];
  if (digest === undefined) return fingerprint(id);
  return isBare && digest.length === 64 ? Buffer.from(digest, "hex").toString("base64url") : undefined;
}

function convert(
  id: string,
  payload: Uint8Array,
  codec: NonNullable<SessionOptions["codec"]>,
  expiresAt: Date | undefined,
  { lifetime, idle }: Lifetimes,
  now: Date,
): Transfer | "ended" | Unmovable {
  if (expiresAt !== undefined && expiresAt <= now) return "ended";
  const theirs = codec.decode(payload);
  if (theirs === undefined)
    return { reason: "not readable: a class of the application's in a pickle, or another serializer" };
  const ours = toOwn(theirs);
  // Ours would take it for the mark of a session that has ended.
  if (isEmpty(ours)) return "ended";
  const { subject } = ours;
  // The rules of the new application count from now on.
  const end = new Date(Math.min(expiresAt?.getTime() ?? Number.POSITIVE_INFINITY, now.getTime() + idle));
  const endsAt = new Date(now.getTime() + lifetime + idle);
  try {
    const bytes = jsonCodec.encode(ours);
    return { id, payload: bytes, meta: { expiresAt: end, endsAt, ...(subject !== undefined && { subject }) } };
  } catch (error) {
    if (!(error instanceof SessionError || error instanceof TypeError)) throw error;
    return { reason: "of values that dewar's format doesn't hold" };
  }
}
