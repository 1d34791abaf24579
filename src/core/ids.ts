import { fingerprint } from "./crypto.ts";
import type { Settings } from "./options.ts";

/** A SHA-256, base64url. */
const PUBLIC_ID = /^[\w-]{43}$/;

/** Whether a text has the shape of what `publicIdOf` returns. */
export function isPublicId(text: string): boolean {
  return PUBLIC_ID.test(text);
}

/** Under what the store keeps the session of a token. */
export function storeIdOf({ hashIds }: Settings, token: string): string {
  return hashIds ? fingerprint(token) : token;
}

/** What may be logged and listed of a session that the store keeps under `id`. */
export function publicIdOf({ hashIds, keeper }: Settings, id: string): string {
  if (hashIds) return id;
  return fingerprint(keeper.kind === "store" ? (keeper.store.listedId?.(id) ?? id) : id);
}
