import type { Codec } from "../../codec.ts";
import { resolveOptions, type SessionOptions } from "../../core/options.ts";
import type { RecordWire, TokenWire } from "../../core/wire.ts";
import type { FlaskConfig } from "../config.ts";
import { optionsOf } from "../flask-session.ts";
import { moving } from "./moving-store.ts";
import { cookieSource, type Source, storeSource } from "./source.ts";
import { toOwn } from "./to-own.ts";

/**
 * The last step of leaving Flask: `options` are your own, and sessions that a Flask application of `config` left are taken over
 * when their visitors come, so that nobody is signed out. What is found in Flask's format is written in ours, removed where Flask
 * kept it, and gets a token of our own as soon as the session is looked at. Leave it in place for as long as
 * `PERMANENT_SESSION_LIFETIME`, then use `options` alone.
 *
 * The Flask application must have stopped: it doesn't see what moved. Flask's own cookie can't be taken away from who has kept
 * a copy of it: until it expires, it can be brought again, also after a logout (as with Flask itself).
 *
 * `options` need a `secret`, which tells our cookies from Flask's. Name, path and domain of the cookie are Flask's unless
 * `options.cookie` says otherwise. Throws `TypeError` for what `flaskSession` and a manager don't take.
 *
 * @example
 * ```ts
 * import { createClient } from "redis";
 * import { createSessionManager } from "dewar";
 * import { moveFromFlask } from "dewar/flask";
 * import { redisStore } from "dewar/stores/redis";
 *
 * const client = await createClient()
 *   .on("error", console.error) // without a listener, Node ends the process
 *   .connect();
 * const manager = createSessionManager(
 *   moveFromFlask(
 *     { SESSION_TYPE: "redis", SESSION_REDIS: client },
 *     { store: redisStore({ client, prefix: "sessions:" }), secret: "at least 32 characters, from the environment" },
 *   ),
 * );
 * ```
 */
export function moveFromFlask(config: FlaskConfig, options: SessionOptions): SessionOptions {
  const flask = optionsOf(config);
  const { secret, wire } = options;
  if (secret === undefined) throw new TypeError("secret: needed by moveFromFlask, to tell our cookies from Flask's");
  if (wire !== undefined) throw new TypeError("wire: moveFromFlask brings its own");
  const own: SessionOptions = { ...options, cookie: { ...cookieOf(config), ...options.cookie } };
  const { keeper, lifetime, idleTimeout, codec } = resolveOptions(own);
  if (keeper.kind === "store") {
    const moved = moving({ wire: keeper.wires[0], store: keeper.store }, sourceOf(flask), codec, {
      idle: idleTimeout,
      absolute: lifetime,
    });
    return { ...own, wire: moved.wire, store: moved.store };
  }
  if (flask.store !== undefined) {
    throw new TypeError("store: needed by moveFromFlask, since Flask-Session kept these sessions in one too");
  }
  return { ...own, wire: [keeper.wires[0], converting(flask.wire as RecordWire, flask.codec as Codec, codec)] };
}

function sourceOf({ store, wire, codec }: SessionOptions): Source {
  return store === undefined
    ? cookieSource(wire as RecordWire, codec as Codec)
    : storeSource(wire as TokenWire, store, codec as Codec);
}

/** Flask's own cookie, with a record of ours in it. */
function converting(theirs: RecordWire, codec: Codec, ours: Codec): RecordWire {
  return {
    ...theirs,
    read(cookie) {
      const content = theirs.read(cookie);
      const record = content && codec.decode(content.payload);
      return content && record && { ...content, payload: ours.encode(toOwn(record)) };
    },
  };
}

/** Where the cookie was, so that ours takes its place: two of one name would be in each other's way. */
function cookieOf({ SESSION_COOKIE_NAME, SESSION_COOKIE_DOMAIN, ...config }: FlaskConfig): SessionOptions["cookie"] {
  const { SESSION_COOKIE_PATH, APPLICATION_ROOT = "/" } = config;
  return {
    ...(SESSION_COOKIE_NAME !== undefined && { name: SESSION_COOKIE_NAME }),
    ...(SESSION_COOKIE_DOMAIN && { domain: SESSION_COOKIE_DOMAIN }),
    path: SESSION_COOKIE_PATH ?? APPLICATION_ROOT,
  };
}
