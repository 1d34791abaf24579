import { randomBytes, randomUUID } from "node:crypto";
import type { TokenWire } from "../core/wire.ts";
import { FLASK_SESSION_SALT } from "./signed-id.ts";
import { type Secret, Signer } from "./signing.ts";

/** How Flask-Session makes ids and writes them into the cookie. */
export type SessionIds = Pick<TokenWire, "mint" | "read" | "write" | "verifies">;

/** What Flask-Session makes of any length, and a UUID. Checked before the store is asked: the visitor chooses the cookie. */
const SHAPE = /^[\w-]{1,255}$/;

/** `length`: bytes of entropy; `"uuid"`: as up to version 0.5. `secret`: ids are signed (`SESSION_USE_SIGNER`). */
export function sessionIds(length: number | "uuid", secret?: Secret): SessionIds {
  const mint = length === "uuid" ? () => randomUUID() : () => randomBytes(length).toString("base64url");
  if (secret === undefined) {
    return {
      mint,
      verifies: false,
      read: (value) => (SHAPE.test(value) ? { token: value, outdated: false } : undefined),
      write: (token) => token,
    };
  }
  const signer = new Signer([secret], FLASK_SESSION_SALT);
  return {
    mint,
    verifies: true,
    read(value) {
      const id = signer.verify(value)?.text;
      return id !== undefined && SHAPE.test(id) ? { token: id, outdated: false } : undefined;
    },
    write: (token) => signer.sign(token),
  };
}
