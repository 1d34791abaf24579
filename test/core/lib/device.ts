import type { Client } from "../../../src/core/manager.ts";
import {
  createSessionManager,
  type Session,
  type SessionInfo,
  type SessionOptions,
  type Store,
} from "../../../src/index.ts";
import { memoryStore } from "../../../src/stores/memory.ts";
import { CookieJar } from "../../../src/testing/index.ts";
import { withMethods } from "./stores.ts";
import { dataOf, setCookies } from "./visitor.ts";

const ORIGIN = "https://shop.test/";

export const HOME = { userAgent: "Firefox at home", address: "203.0.113.7" };
export const PHONE = { userAgent: "Safari on the move", address: "2001:db8:1:2::9" };

/** A manager that records who uses a session, and one visitor, who may come from anywhere. */
interface Recorded {
  open(client: Client): Promise<Session>;
  commit(session: Session): Promise<void>;
  /** One whole request; by default it looks at its session. */
  visit(client: Client, act?: (session: Session) => void): Promise<void>;
  info(): Promise<SessionInfo | undefined>;
  /** The writes that the store was asked for. */
  writes: string[];
}

export function start(options: Partial<SessionOptions> = {}): Recorded {
  const writes: string[] = [];
  const store = memoryStore();
  const counted = withMethods(store, {
    create(...args: Parameters<Store["create"]>) {
      writes.push("create");
      return store.create(...args);
    },
    replace(...args: Parameters<Store["replace"]>) {
      writes.push("replace");
      return store.replace(...args);
    },
  });
  const manager = createSessionManager({ store: counted, device: true, ...options });
  const jar = new CookieJar();
  const open = (client: Client) => manager.open(jar.header(ORIGIN), client);
  const commit = async (session: Session) => jar.receive(setCookies(await manager.commit(session)), ORIGIN);
  const visit = async (client: Client, act: (session: Session) => void = (session) => void session.data) => {
    const session = await open(client);
    act(session);
    await commit(session);
  };
  const info = async (): Promise<SessionInfo | undefined> => {
    for await (const found of manager.list()) return found;
    return undefined;
  };
  return { open, commit, visit, info, writes };
}

export const add = (session: Session): void => {
  const data = dataOf(session);
  data.n = (data.n ?? 0) + 1;
};
