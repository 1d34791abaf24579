import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "../../../src/store.ts";
import type { StoreFault } from "../../../src/testing/store.ts";
import { type Broken, faultyStore } from "./broken.ts";

const THROWS = "a client that throws: every call rejects, and tells no secret";
const HANGS = "a client that hangs: every request ends in time";
const MIXED = "a client that answers late: each answer reaches its own call";
const STUCK = "a client that answers late: a request that gave up disturbs none after it";
const GARBAGE = "a client that answers garbage: nothing is taken for a session, nor for done";

/** A store that bears one kind of faulty client badly. */
function bearing(kind: StoreFault, fault: string, notices: string, change: (store: Store) => Partial<Store>): Broken {
  return {
    fault,
    notices,
    suite: {
      createFaulty(asked) {
        const store = faultyStore(asked);
        return asked === kind ? { ...store, ...change(store) } : store;
      },
    },
  };
}

export const clients: readonly Broken[] = [
  bearing("throws", "a fault that looks like a session that ended", THROWS, () => ({ read: async () => undefined })),
  bearing("throws", "a fault that looks like the end of a list", THROWS, () => ({ async *list() {} })),
  bearing("throws", "an error of its own making", THROWS, () => ({
    delete: async () => {
      throw new TypeError("undefined is not iterable");
    },
  })),
  bearing("throws", "an error that carries the command", THROWS, () => ({
    replace: async (id, payload) => {
      throw Object.assign(new Error("the connection was lost"), { command: ["set", id, Buffer.from(payload)] });
    },
  })),
  bearing("throws", "an error that tells the payload", THROWS, () => ({
    create: async (_id, payload) => {
      throw new Error("not stored", { cause: new Error(new TextDecoder().decode(payload)) });
    },
  })),
  bearing("hangs", "an answer made up where none came", HANGS, () => ({ read: () => sleep(50) })),
  bearing("late", "answers that go to the last who asked", MIXED, (store) => {
    let last = "";
    return {
      read: async (id) => {
        last = id;
        await sleep(60);
        return store.read(last);
      },
    };
  }),
  bearing("late", "connections that a late answer keeps", STUCK, (store) => {
    let free = 3;
    return {
      read: async (id, renewal) => {
        if (free-- > 0) return store.read(id, renewal);
        throw new Error("the pool is exhausted");
      },
    };
  }),
  bearing("garbage", "garbage taken for done", GARBAGE, () => ({ create: async () => "ok" })),
  bearing("garbage", "garbage taken for a session", GARBAGE, () => ({
    read: async () => ({ payload: {} as Uint8Array, version: {}, renewed: false }),
  })),
  bearing("garbage", "garbage that never ends", GARBAGE, () => ({ prune: () => new Promise(() => {}) })),
];
