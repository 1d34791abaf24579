import { type Secret, Signer, secretsOf } from "./signing.ts";

export const FLASK_SESSION_SALT = "flask-session";

/**
 * A session id signed as Flask-Session does with `SESSION_USE_SIGNER`: `id.signature`. Throws `TypeError` for an empty id or
 * key.
 *
 * @example
 * ```ts
 * import { signId } from "dewar/flask";
 *
 * const cookie = signId("c1a2b3c4-0000-4000-8000-0123456789ab", "dev");
 * ```
 */
export function signId(id: string, SECRET_KEY: string | Uint8Array): string {
  if (typeof id !== "string" || id === "") throw new TypeError("id: takes the id of a session");
  return signerOf(SECRET_KEY).sign(id);
}

/**
 * The session id of a signed cookie; `undefined` if `SECRET_KEY` didn't sign it. (Flask-Session's signer knows no fallbacks.)
 * Throws `TypeError` for an empty key.
 *
 * @example
 * ```ts
 * import { signId, unsignId } from "dewar/flask";
 *
 * const id = unsignId(signId("an-id", "dev"), "dev"); // "an-id"
 * ```
 */
export function unsignId(value: string, SECRET_KEY: string | Uint8Array): string | undefined {
  return signerOf(SECRET_KEY).verify(value)?.text;
}

function signerOf(secret: Secret): Signer {
  return new Signer(secretsOf(secret), FLASK_SESSION_SALT);
}
