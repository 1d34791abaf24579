import { isPublicId } from "../../core/ids.ts";
import { addressOf } from "../address.ts";
import { seeOther } from "../lib/response.ts";
import type { Visit } from "../visit.ts";

/** Leads to the session of this id or, if there is none, to the sessions of the user that is called so. */
export async function find({ manager, ability }: Visit, text: string): Promise<Response> {
  const sought = text.trim();
  const isSession = isPublicId(sought) && ability !== "nothing" && (await manager.get(sought)) !== undefined;
  if (isSession) return seeOther(addressOf({ page: "session", id: sought }));
  return seeOther(addressOf({ page: "sessions", user: sought, trail: [] }));
}
