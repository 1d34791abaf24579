import { addressOf } from "../address.ts";
import { seeOther } from "../lib/response.ts";
import type { Visit } from "../visit.ts";

/** A SHA-256, base64url. */
const ID = /^[\w-]{43}$/;

/** Leads to the session of this id or, if there is none, to the sessions of the user that is called so. */
export async function find({ manager, ability }: Visit, text: string): Promise<Response> {
  const sought = text.trim();
  const isSession = ID.test(sought) && ability !== "nothing" && (await manager.get(sought)) !== undefined;
  if (isSession) return seeOther(addressOf({ page: "session", id: sought }));
  return seeOther(addressOf({ page: "sessions", user: sought, trail: [] }));
}
