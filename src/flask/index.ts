import type { SessionOptions } from "../core/options.ts";
import type { FlaskConfig } from "./config.ts";
import { optionsOf } from "./flask-session.ts";
import { fromEnvironment } from "./from-env.ts";

export type { FlaskConfig, SessionType } from "./config.ts";
export {
  type ReadFlaskCookieOptions,
  readFlaskCookie,
  type WriteFlaskCookieOptions,
  writeFlaskCookie,
} from "./cookie.ts";
export { moveFromFlask } from "./moving/move-from-flask.ts";
export { Markup, Tuple, Uuid } from "./python/values.ts";
export { signId, unsignId } from "./signed-id.ts";
export { readValue, type ValueFormat, writeValue } from "./value.ts";

/** What `flaskSession` is: a function, with another one for applications that are configured by their environment. */
export interface FlaskSession {
  (config: FlaskConfig): SessionOptions;
  /**
   * The same by environment variables, as `app.config.from_prefixed_env()` reads them: `FLASK_SESSION_TYPE`,
   * `FLASK_SECRET_KEY` and so on; in the place of a client the URL of its server (`FLASK_SESSION_REDIS=redis://localhost`), and
   * for SQLAlchemy `FLASK_SQLALCHEMY_DATABASE_URI`. Closing the manager closes the connection.
   *
   * Rejects with `TypeError` as above, and with `Error` where the server can't be reached, or the driver isn't installed.
   *
   * @example
   * ```ts
   * import { createSessionManager } from "dewar";
   * import { flaskSession } from "dewar/flask";
   *
   * const manager = createSessionManager(await flaskSession.fromEnv(process.env));
   * ```
   */
  fromEnv(env: Record<string, string | undefined>): Promise<SessionOptions>;
}

/**
 * The options with which a Flask application of this configuration and ours share live sessions: the same cookie, the same
 * stored bytes. Takes the keys that Flask and Flask-Session have, under their names and with their defaults, and `version` and
 * `digest` for what a Flask application needs no key for.
 *
 * Throws `TypeError`, naming the key: for a value that it doesn't take, for a client that is missing (none is guessed), and for
 * a key that begins with `SESSION_` and doesn't exist.
 *
 * @example
 * ```ts
 * import express from "express";
 * import { createClient } from "redis";
 * import { sessions } from "dewar/express";
 * import { flaskSession } from "dewar/flask";
 *
 * const client = await createClient({ url: "redis://localhost:6379" })
 *   .on("error", console.error) // without a listener, Node ends the process
 *   .connect();
 * const app = express();
 * app.use(sessions(flaskSession({ SESSION_TYPE: "redis", SESSION_REDIS: client, SESSION_PERMANENT: false })));
 * ```
 */
export const flaskSession: FlaskSession = Object.assign((config: FlaskConfig) => optionsOf(config), {
  fromEnv: (env: Record<string, string | undefined>) => fromEnvironment(env),
});
