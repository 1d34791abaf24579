import { expect, it } from "vitest";
import { createSessionManager, type Store, type WriteMeta } from "../../../src/index.ts";
import { loopTime } from "../../lib/elapsed.ts";

export const payload: Uint8Array = Uint8Array.of(1, 2, 3);

/** Of a session that ends after `life` milliseconds. */
export function later(life: number = 3_600_000, subject?: string): WriteMeta {
  const expiresAt = new Date(Date.now() + life);
  return { expiresAt, endsAt: new Date(Date.now() + 2 * life), ...(subject === undefined ? {} : { subject }) };
}

/** A store whose server takes no writes, as a primary that was replaced, and the session `a` in it, which is due for renewal. */
export function testReadOnly(open: () => Promise<{ store: Store; message: RegExp }>): void {
  it("a server that takes no writes is a fault, and nothing is reported done", async () => {
    const { store, message } = await open();
    const renewal = { ifBefore: later(7_200_000).expiresAt, expiresAt: later(10_800_000).expiresAt };
    const writes: Record<string, () => Promise<unknown> | undefined> = {
      create: () => store.create("b", payload, later()),
      replace: () => store.replace("a", Uint8Array.of(4), payload, later()),
      delete: () => store.delete("a"),
      renew: () => store.read("a", renewal),
      prune: () => store.prune?.(new Date()),
    };
    for (const [name, write] of Object.entries(writes)) await expect(write(), name).rejects.toThrow(message);
    expect(await bytesOf(store, "a")).toEqual([...payload]);
    expect(await store.read("b")).toBeUndefined();
    const manager = createSessionManager({ store, storeTimeout: 1 });
    const session = await manager.open(undefined);
    session.flash("new");
    await expect(manager.commit(session)).rejects.toMatchObject({ code: "ERR_STORE" });
  });
}

/** A store over a pool of one connection, and how the application takes that. */
export function testExhausted(open: () => Promise<{ store: Store; take: () => Promise<() => void> }>): void {
  it("a pool without a free connection ends requests in time, and serves again when there is one", async () => {
    const { store, take } = await open();
    const manager = createSessionManager({ store, storeTimeout: 0.2 });
    const give = await take();
    let outcomes: PromiseSettledResult<unknown>[] = [];
    const took = await loopTime(async () => {
      const requests = Array.from({ length: 20 }, async () => {
        const session = await manager.open(undefined);
        session.flash("new");
        return manager.commit(session);
      });
      outcomes = await Promise.allSettled(requests);
    });
    expect(took).toBeLessThan(2000);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "ERR_STORE", status: 503 } });
    }
    give();
    const session = await manager.open(undefined);
    session.flash("later");
    expect(await manager.commit(session)).toContainEqual(["Set-Cookie", expect.any(String)]);
  });
}

/** Stores over connections that lock as much as the database can: what fails for that is tried again. */
export function testLocking(open: () => Promise<Store[]>): void {
  it("conflicts of locks and snapshots are waited out, and no change is lost", async () => {
    const stores = await open();
    const [first] = stores;
    await first?.create("counter", Uint8Array.of(0), later());
    const raise = async (store: Store): Promise<void> => {
      for (;;) {
        const found = await store.read("counter");
        const next = Uint8Array.of((found?.payload[0] ?? 0) + 1);
        if ((await store.replace("counter", next, found?.version, later())) === "ok") return;
      }
    };
    const work = stores.flatMap((store, index) => [
      ...Array.from({ length: 10 }, () => raise(store)),
      ...Array.from({ length: 10 }, (_, count) => store.create(`${index}-${count}`, payload, later(0))),
      store.prune?.(new Date()),
      ...Array.from({ length: 10 }, (_, count) => store.create(`same-${count}`, payload, later())),
    ]);
    const outcomes = await Promise.all(work);
    expect(first && (await bytesOf(first, "counter"))).toEqual([10 * stores.length]);
    const created = outcomes.filter((outcome) => outcome === "ok").length;
    expect(created).toBe(10 * stores.length + 10);
  });
}

async function bytesOf(store: Store, id: string): Promise<number[]> {
  return [...((await store.read(id))?.payload ?? [])];
}
