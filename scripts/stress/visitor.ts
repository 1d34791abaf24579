import { createSessionManager, type Session, SessionError, type SessionManager, type Store } from "../../src/index.ts";
import type { Outcome } from "./operation.ts";
import { cookieOf, tokenIn } from "./token.ts";

/** The data that the storm keeps: a counter, and keys with one writer each. */
export type Data = Record<string, number | undefined>;

/** What a request came to. */
export interface Visited {
  outcome: Outcome;
  /** Whether the token was alive when it was presented. Undefined where the store failed before it said so. */
  live: boolean | undefined;
  token: string | undefined;
}

/** Makes requests of a manager, as an adapter does: open, act, commit. */
export class Visitor {
  readonly manager: SessionManager;
  retries = 0;
  faults: Record<string, number> = {};
  lastFault: unknown;

  constructor(store: Store, storeTimeout: number) {
    this.manager = createSessionManager({
      store,
      storeTimeout,
      onEvent: (event) => {
        if (event.type === "merged") this.retries++;
        if (event.type !== "store-error") return;
        this.faults[event.operation] = (this.faults[event.operation] ?? 0) + 1;
        this.lastFault = event.error;
      },
    });
  }

  /** One request with `token` in its cookie. */
  async visit(token: string | undefined, act: (session: Session) => void | Promise<void>): Promise<Visited> {
    let live: boolean | undefined;
    let born: string | undefined;
    const outcome = await this.attempt(async () => {
      const session = await this.manager.open(token === undefined ? undefined : cookieOf(token));
      live = !session.isNew;
      await act(session);
      born = tokenIn(await this.manager.commit(session));
    });
    return { outcome, live, token: born };
  }

  /** What `task` came to, as far as it can be known. Errors that no outage explains are thrown. */
  async attempt(task: () => Promise<void>): Promise<Outcome> {
    try {
      await task();
      return "done";
    } catch (error) {
      if (error instanceof SessionError && error.code === "ERR_STORE") return "unknown";
      if (error instanceof SessionError && error.code === "ERR_SESSION_ENDED") return "ended";
      throw error;
    }
  }
}

export function dataOf(session: Session): Data {
  return session.data as Data;
}
