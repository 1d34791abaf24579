import {
  createSessionManager,
  type Session,
  SessionError,
  type SessionEvent,
  type SessionOptions,
  type Store,
} from "../../../src/index.ts";
import { type Data, dataOf, setCookies, type Visitor } from "../../core/lib/visitor.ts";

type ActName = "write" | "update" | "login" | "regenerate" | "logout" | "revokeAll";

/** What one request, or an operator, does to a session. */
export interface Act {
  name: ActName;
  /** Changes the session, gives it a new token, or ends it. */
  kind: "change" | "move" | "end";
  /** What a request does between opening and committing; none: the operator's. */
  request?: (session: Session, who: Who) => void | Promise<void>;
}

/** Whose session it is, and the key that a request writes. */
export interface Who {
  subject: string;
  key: string;
}

export const login: Act = {
  name: "login",
  kind: "move",
  request: (session, { subject }) => session.login(subject),
};

export const acts: readonly Act[] = [
  {
    name: "write",
    kind: "change",
    request: (session, { key }) => {
      dataOf(session)[key] = "written";
    },
  },
  {
    name: "update",
    kind: "change",
    request: (session) =>
      session.update((data: Data) => {
        data.n = (data.n ?? 0) + 1;
      }),
  },
  login,
  { name: "regenerate", kind: "move", request: (session) => session.regenerate() },
  { name: "logout", kind: "end", request: (session) => session.logout() },
  { name: "revokeAll", kind: "end" },
];

/** What an act came to. */
export interface Outcome {
  act: Act;
  key: string;
  /** Whether it found the user's session. */
  found: boolean;
  /** Whether it was told that what it did to that session is done. */
  acknowledged: boolean;
  cookies: string[];
}

/** Begins an act in a process of its own: reads what it reads. What is returned carries it out. */
export async function begin(
  store: Store,
  browser: Visitor,
  act: Act,
  who: Who,
  options: Partial<SessionOptions> = {},
): Promise<() => Promise<Outcome>> {
  const events: string[] = [];
  const onEvent = ({ type }: SessionEvent) => void events.push(type);
  const manager = createSessionManager({ storeTimeout: "10s", ...options, store, onEvent });
  const { request } = act;
  if (!request) {
    return async () => {
      await manager.revokeAll(who.subject);
      return { act, key: who.key, found: true, acknowledged: true, cookies: [] };
    };
  }
  const session = await manager.open(browser.cookie);
  const found = session.subject !== undefined;
  return async () => {
    const done = await unlessEnded(async () => request(session, who));
    const cookies = setCookies(await manager.commit(session));
    return { act, key: who.key, found, acknowledged: found && done && !events.includes("gone"), cookies };
  };
}

/** Whether what a request did was possible: not where its session has ended meanwhile. */
async function unlessEnded(request: () => Promise<void>): Promise<boolean> {
  try {
    await request();
    return true;
  } catch (error) {
    if (error instanceof SessionError && error.code === "ERR_SESSION_ENDED") return false;
    throw error;
  }
}
