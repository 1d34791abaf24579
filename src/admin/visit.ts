import type { Client } from "../core/manager.ts";
import type { Session, SessionManager } from "../index.ts";
import type { Census } from "./census/census.ts";
import type { Seal } from "./csrf.ts";
import type { Endings } from "./ending.ts";

/** What a store lets an operator do: nothing at all, look one session up and end it, or list them too. */
export type Ability = "nothing" | "one" | "all";

/** What a deed does, for whoever keeps a record of what operators do. */
export type AdminAction =
  /** Sensitive values of a session are shown. */
  | { type: "reveal"; id: string; subject?: string }
  /** One session is ended. */
  | { type: "end-session"; id: string; subject?: string }
  /** All sessions of a user are ended. */
  | { type: "end-user"; subject: string }
  /** All sessions are ended, but the operator's own (`except`) if there is one. */
  | { type: "end-everything"; except?: string };

/** One request of an operator who may be here, and what the pages share. */
export interface Visit {
  request: Request;
  query: URLSearchParams;
  client: Client;
  manager: SessionManager;
  ability: Ability;
  census: Census;
  endings: Endings;
  seal: Seal;
  now: Date;
  /** Rejects where the record of what operators do can't be kept: then nothing is done. */
  audit(action: AdminAction): Promise<void>;
}

/** The operator's own session with this manager, if there is one. It is looked at, and nothing in it is changed. */
export async function ownSession({ manager, request, client }: Visit): Promise<string | undefined> {
  const session: Session = await manager.open(request.headers.get("cookie"), client);
  await session.load();
  return session.id;
}
