import type { Store } from "../../store.ts";

type Operation = "create" | "read" | "replace" | "delete";

/** A store that counts what is asked of it, and fails on demand. */
export interface Probe extends Store {
  /** The operations so far, in order. */
  readonly calls: Operation[];
  /** What goes wrong, and where; nothing at first. `"hang"`: no answer ever comes. `"garbage"`: bytes of no format. */
  fault: { on: readonly Operation[]; as: "reject" | "hang" | "garbage" } | undefined;
}

/** Every write. */
export const WRITES: readonly Operation[] = ["create", "replace", "delete"];

/** Every operation on one session. */
export const ALL: readonly Operation[] = [...WRITES, "read"];

/** Wraps a store that works. */
export function probe(inner: Store): Probe {
  const calls: Operation[] = [];
  /** Notes the call, and puts the fault, where there is one, in the place of the answer. */
  async function ask<T>(operation: Operation, answer: () => Promise<T>): Promise<T> {
    calls.push(operation);
    const as = wrapper.fault?.on.includes(operation) ? wrapper.fault.as : undefined;
    if (as === "reject") throw new Error("the store is down");
    return as === "hang" ? new Promise<never>(() => undefined) : answer();
  }
  const wrapper: Probe = {
    calls,
    fault: undefined,
    create: (id, payload, meta) => ask("create", () => inner.create(id, payload, meta)),
    replace: (id, payload, version, meta) => ask("replace", () => inner.replace(id, payload, version, meta)),
    delete: (id) => ask("delete", () => inner.delete(id)),
    read: (id, renewal) =>
      ask("read", async () => {
        const found = await inner.read(id, renewal);
        return found && wrapper.fault?.as === "garbage" ? { ...found, payload: GARBAGE } : found;
      }),
    ...(inner.list && { list: (filter) => inner.list?.(filter) ?? none() }),
  };
  return wrapper;
}

/** Neither JSON nor UTF-8. */
const GARBAGE: Uint8Array = Uint8Array.from([0xff, 0x00, 0x7b, 0xc3, 0x28, 0x22, 0x5f, 0x80]);

async function* none(): AsyncGenerator<never> {}
