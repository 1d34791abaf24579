import { addressOf, type Place } from "./address.ts";
import { isFromHere } from "./csrf.ts";
import { tokenIn } from "./lib/body.ts";
import { seeOther } from "./lib/response.ts";
import { withNote } from "./note.ts";
import { type Deed, wordsOf } from "./pages/confirm.ts";
import { session } from "./pages/session.ts";
import { trouble } from "./pages/trouble.ts";
import { ownSession, type Visit } from "./visit.ts";

/** Milliseconds that a request waits for an ending: most are through by then, and for the others there is a page. */
const PATIENCE = 1500;

/** Does what a form asks for, if it comes from here. */
export async function carryOut(visit: Visit, place: Place): Promise<Response> {
  if (!isDeed(place)) return trouble("nowhere");
  const { request, seal } = visit;
  const token = isFromHere(request) ? await tokenIn(request) : undefined;
  if (token === undefined || !seal.verifies(wordsOf(place), token)) return trouble("not-from-here");
  switch (place.page) {
    case "reveal":
      return session(visit, place.id, true);
    case "end-session":
      return endSession(visit, place.id);
    case "end-user":
      return endUser(visit, place.user);
    case "end-everything":
      return endEverything(visit);
  }
}

function isDeed(place: Place): place is Deed {
  return ["reveal", "end-session", "end-user", "end-everything"].includes(place.page);
}

async function endSession({ manager, seal, audit, census }: Visit, id: string): Promise<Response> {
  const info = await manager.get(id);
  if (info === undefined) return seeOther(withNote("?", seal, "gone"));
  const { subject } = info;
  await audit({ type: "end-session", id, ...(subject !== undefined && { subject }) });
  const outcome = (await manager.revoke(id)) ? "session" : "gone";
  census.forget();
  const back = subject === undefined ? "?" : addressOf({ page: "sessions", user: subject, trail: [] });
  return seeOther(withNote(back, seal, outcome));
}

async function endUser(visit: Visit, user: string): Promise<Response> {
  if (visit.ability !== "all") return trouble("unable");
  await visit.audit({ type: "end-user", subject: user });
  if (visit.endings.user(user) === undefined) return trouble("busy");
  return outcome(visit, addressOf({ page: "sessions", user, trail: [] }));
}

async function endEverything(visit: Visit): Promise<Response> {
  if (visit.ability !== "all") return trouble("unable");
  const except = await ownSession(visit);
  await visit.audit({ type: "end-everything", ...(except !== undefined && { except }) });
  if (visit.endings.everything(except) === undefined) return trouble("busy");
  return outcome(visit, "?");
}

async function outcome({ endings, seal, census }: Visit, back: string): Promise<Response> {
  await endings.wait(PATIENCE);
  census.forget();
  const { latest } = endings;
  if (latest?.state === "done") return seeOther(withNote(back, seal, latest.of, latest.ended));
  return seeOther(addressOf({ page: "progress", still: false }));
}
