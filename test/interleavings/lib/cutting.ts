import type { Store } from "../../../src/index.ts";
import { withMethods } from "../../core/lib/stores.ts";
import type { TcpProxy } from "../../lib/proxy.ts";

export type Method = "create" | "read" | "replace" | "delete";

/**
 * `store`, which reaches its servers through `proxies`: the first request of the next call of `method` reaches the server,
 * its answer is thrown away, and the connection is cut. `meanwhile` is called when it is on its way.
 */
export function cutting(
  store: Store,
  proxies: readonly TcpProxy[],
  method: Method,
  meanwhile: () => void = () => {},
): Store {
  let planned = true;
  const cut = async <T>(name: Method, call: () => Promise<T>): Promise<T> => {
    if (planned && name === method) {
      planned = false;
      await cutNext(proxies, meanwhile);
    }
    return call();
  };
  const { list, ...rest } = withMethods(store, {
    create: (...args) => cut("create", () => store.create(...args)),
    read: (...args) => cut("read", () => store.read(...args)),
    replace: (...args) => cut("replace", () => store.replace(...args)),
    delete: (id) => cut("delete", () => store.delete(id)),
  });
  return store.list && list ? { ...rest, list } : rest;
}

async function cutNext(proxies: readonly TcpProxy[], meanwhile: () => void): Promise<void> {
  let isCut = false;
  const cut = (request: Buffer): boolean => {
    if (isCut || isTalk(request)) return false;
    isCut = true;
    meanwhile();
    return true;
  };
  await Promise.all(proxies.map((proxy) => proxy.set({ cut })));
}

const COM_STMT_PREPARE = 0x16;
const REDIS_TALK = /^\*\d+\r\n\$\d+\r\n(ping|info|hello|client|cluster)\r\n/i;
/** A word of its own: an id may end in "ping", and a zero follow it. */
const MONGODB_TALK = /[^\w-](hello|ismaster|ping)\0/i;

/** What a client says by itself, or to prepare a command. */
function isTalk(request: Buffer): boolean {
  const text = request.toString("latin1");
  return isMysqlPrepare(request) || REDIS_TALK.test(text) || MONGODB_TALK.test(text);
}

/** A packet: how long it is, its number (0 for a command), the command. */
function isMysqlPrepare(request: Buffer): boolean {
  return request.readUIntLE(0, 3) === request.length - 4 && request[3] === 0 && request[4] === COM_STMT_PREPARE;
}
