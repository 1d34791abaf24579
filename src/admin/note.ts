import { count, counted } from "../inspect/words.ts";
import type { Seal } from "./csrf.ts";

/** What a deed came to, told on the page that follows it. */
export type Outcome = "session" | "user" | "everything" | "gone";

const OUTCOMES: Record<Outcome, (ended: number) => string> = {
  session: () => "The session has ended. Whoever used it is signed out there.",
  user: (ended) => `${counted(ended, "session")} of this user ${ended === 1 ? "has" : "have"} ended.`,
  everything: (ended) => `${count(ended)} ${ended === 1 ? "session has" : "sessions have"} ended.`,
  gone: () => "There was no such session any more.",
};

/** An address with a note, which only this page can write: or a link from elsewhere could tell what never happened. */
export function withNote(address: string, seal: Seal, outcome: Outcome, ended = 0): string {
  const note = `${outcome}.${ended}`;
  return `${address}${address === "?" ? "" : "&"}note=${note}.${seal.token(`note ${note}`)}`;
}

export function noteIn(query: URLSearchParams, seal: Seal): string | undefined {
  const [outcome = "", ended = "", token = ""] = (query.get("note") ?? "").split(".");
  if (!seal.verifies(`note ${outcome}.${ended}`, token)) return undefined;
  return OUTCOMES[outcome as Outcome]?.(Number(ended));
}
