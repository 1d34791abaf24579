import type { SessionOptions } from "../core/options.ts";
import type { Store } from "../store.ts";
import { flaskCodec } from "./codec.ts";
import { assertKeys, check, type FlaskConfig, type SessionType } from "./config.ts";
import { flaskStore, sessionType } from "./flask-store.ts";
import type { Format } from "./formats/format.ts";
import { json } from "./formats/json.ts";
import { msgpack } from "./formats/msgpack.ts";
import { pickle0, pickle4, pickle5 } from "./formats/pickle.ts";
import { taggedJson } from "./formats/tagged-json.ts";
import { sessionIds } from "./session-ids.ts";
import { flaskCookieWriter } from "./set-cookie.ts";
import { secretsOf } from "./signing.ts";
import { flaskCookieWire, flaskSessionWire } from "./wire.ts";

/** 31 days, in seconds. */
const LIFETIME = 2_678_400;
/** Flask knows no limit; the stores have their own. */
const MOST_BYTES = 16 * 1024 * 1024;

/** The options that share sessions with a Flask application of this configuration. `store`: made already. */
export function optionsOf(config: FlaskConfig, store?: Store): SessionOptions {
  assertKeys(config);
  const { PERMANENT_SESSION_LIFETIME: lifetime = LIFETIME, SESSION_REFRESH_EACH_REQUEST: refresh = true } = config;
  const isLifetime = Number.isSafeInteger(lifetime) && lifetime > 0;
  check(
    isLifetime,
    "PERMANENT_SESSION_LIFETIME",
    "whole seconds, 1 or more (with 0, Flask fails or keeps them for ever)",
  );
  check(typeof refresh === "boolean", "SESSION_REFRESH_EACH_REQUEST", "true or false");
  const type = sessionType(config);
  const rules = { cookie: flaskCookieWriter(config, type === undefined), refresh };
  const common = { lifetime, idleTimeout: lifetime, hashIds: false, maxBytes: MOST_BYTES };
  if (type === undefined) {
    const secrets = secretsOf(config.SECRET_KEY, config.SECRET_KEY_FALLBACKS);
    const wire = flaskCookieWire(secrets, lifetime, rules);
    return { ...common, wire, codec: flaskCodec(taggedJson, [taggedJson]), permanent: false };
  }
  const { version = "0.8", SESSION_PERMANENT: permanent = true } = config;
  check(version === "0.8" || version === "0.5", "version", '"0.8" or "0.5"');
  check(typeof permanent === "boolean", "SESSION_PERMANENT", "true or false");
  return {
    ...common,
    store: store ?? flaskStore(type, config),
    wire: flaskSessionWire(idsOf(config, version), { ...rules, always: version === "0.5" }),
    codec: codecOf(type, config, version),
    permanent,
  };
}

function idsOf(config: FlaskConfig, version: "0.8" | "0.5") {
  const { SESSION_USE_SIGNER: signs = false, SESSION_ID_LENGTH: length = 32, SECRET_KEY } = config;
  check(typeof signs === "boolean", "SESSION_USE_SIGNER", "true or false");
  check(Number.isSafeInteger(length) && length >= 16 && length <= 128, "SESSION_ID_LENGTH", "16 to 128 bytes");
  return sessionIds(version === "0.5" ? "uuid" : length, signs ? secretsOf(SECRET_KEY)[0] : undefined);
}

function codecOf(type: SessionType, config: FlaskConfig, version: "0.8" | "0.5") {
  const { SESSION_SERIALIZATION_FORMAT: format = "msgpack" } = config;
  check(format === "msgpack" || format === "json", "SESSION_SERIALIZATION_FORMAT", '"msgpack" or "json"');
  // cachelib pickles, whatever Flask-Session's version and format.
  if (type === "filesystem" || type === "cachelib") return flaskCodec(pickle5, [pickle5]);
  // Flask-Session's order: the configured one, the other, and pickle, which it wrote before 0.7.
  if (version === "0.8") return format === "json" ? read(json, msgpack, pickle4) : read(msgpack, json, pickle4);
  return type === "memcached" ? read(pickle0, msgpack, json) : read(pickle4, msgpack, json);
}

/** Writes the first of them. */
function read(first: Format, ...others: Format[]) {
  return flaskCodec(first, [first, ...others]);
}
