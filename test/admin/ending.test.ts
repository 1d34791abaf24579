import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createSessionManager, type SessionEvent, type SessionInfo, type Store } from "../../src/index.ts";
import { forwarding } from "../../src/stores/lib/forwarding.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { type Operator, open } from "./lib/operator.ts";
import { populate, settle } from "./lib/population.ts";

/** Follows where the answer to a form leads, and reads what is said there. */
async function told(operator: Operator, address: string): Promise<string> {
  const { status, headers } = await operator.submit(address);
  expect(status).toBe(303);
  const { text, words } = await operator.get(headers.get("location") ?? "");
  return /<p class="told" role="status">([^<]*)</.exec(text)?.[1] ?? words;
}

async function idsOf(sessions: AsyncIterable<SessionInfo>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of sessions) ids.push(id);
  return ids;
}

describe("ending", () => {
  it("is asked for first, and says that only a new sign-in undoes it", async () => {
    const { operator, store, manager } = open();
    const id = await settle(store, { subject: "ada" });
    for (const address of [`?do=end&session=${id}`, "?do=end&user=ada", "?do=end-everything"]) {
      const { words } = await operator.get(address);
      expect(words).toContain("This can’t be undone: whoever is signed out has to sign in again.");
    }
    expect(await manager.get(id)).toBeDefined();
  });

  it("ends one, and only it", async () => {
    const events: SessionEvent[] = [];
    const actions: unknown[] = [];
    const { operator, store, manager } = open({
      session: { onEvent: (event) => events.push(event) },
      audit: async (action) => void actions.push(action),
    });
    const [id, other] = [await settle(store, { subject: "ada" }), await settle(store, { subject: "ada" })];
    expect(await told(operator, `?do=end&session=${id}`)).toBe(
      "The session has ended. Whoever used it is signed out there.",
    );
    expect([await manager.get(id), (await manager.get(other))?.id]).toEqual([undefined, other]);
    expect(events).toEqual([{ type: "revoked", id, subject: "ada" }]);
    expect(actions).toEqual([{ type: "end-session", id, subject: "ada" }]);
  });

  it("says so where there was nothing left to end", async () => {
    const { operator, store, manager } = open();
    const id = await settle(store, { subject: "ada" });
    const { text } = await operator.get(`?do=end&session=${id}`);
    await manager.revoke(id);
    const token = /name="token" value="([^"]*)"/.exec(text)?.[1] ?? "";
    const { headers } = await operator.post(`?do=end&session=${id}`, token);
    expect((await operator.get(headers.get("location") ?? "")).words).toContain("There was no such session any more.");
    expect((await operator.get(`?do=end&session=${id}`)).status).toBe(404);
  });

  it("ends all of a user, and nobody else's", async () => {
    const { operator, store, manager } = open();
    for (const subject of ["ada", "ada", "ada", "Ada"]) await settle(store, { subject });
    expect(await told(operator, "?do=end&user=ada")).toBe("3 sessions of this user have ended.");
    expect(await idsOf(manager.list({ subject: "ada" }))).toEqual([]);
    expect(await idsOf(manager.list())).toHaveLength(1);
  });

  it("ends everything but the operator's own", async () => {
    const { operator, store, manager } = open();
    await populate(store, 300);
    const session = await manager.open(null);
    session.login("ada");
    const [[, cookie] = []] = await manager.commit(session);
    operator.cookies.set("session", /session=([^;]+)/.exec(cookie ?? "")?.[1] ?? "");

    expect((await operator.get("?do=end-everything")).words).toContain("End every session but yours?");
    expect(await told(operator, "?do=end-everything")).toBe("300 sessions have ended.");
    expect(await idsOf(manager.list())).toEqual([session.id]);
  });

  it("does nothing that can't be put on record", async () => {
    const { operator, store, manager } = open({ audit: () => Promise.reject(new Error("the log is full")) });
    const id = await settle(store, { subject: "ada", data: { token: "unseen-by-all" } });
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    for (const address of [`?do=end&session=${id}`, "?do=end&user=ada", "?do=end-everything", `?session=${id}`]) {
      const { status, text } = await operator.submit(address);
      expect([status, text.includes("unseen-by-all"), text.includes("full")]).toEqual([500, false, false]);
    }
    expect((await warned).message).toContain("the log is full");
    expect(await manager.get(id)).toBeDefined();
  });

  it("can't be told of by an address that somebody made up", async () => {
    const { operator } = open();
    await operator.get("");
    expect((await operator.get("?note=everything.1000000.AAAA")).text).not.toContain('class="told"');
  });
});

describe("an ending that takes long", () => {
  /** A store that deletes as slowly as it is told to. */
  function slowly(store: Store, gate: { wait: Promise<void> }): Store {
    return {
      ...forwarding(store),
      delete: async (id) => {
        await gate.wait;
        return store.delete(id);
      },
    };
  }

  it("goes on after the request, tells how far it is, and is the only one", { timeout: 30_000 }, async () => {
    const opening = Promise.withResolvers<void>();
    const gate = { wait: opening.promise };
    const session = { store: slowly(memoryStore(), gate), storeTimeout: "20s" as const };
    const { operator, store, manager } = open({ session });
    await populate(store, 100);

    const { status, headers } = await operator.submit("?do=end-everything");
    expect([status, headers.get("location")]).toEqual([303, "?progress="]);
    const going = await operator.get("?progress=");
    expect(going.words).toContain("0 sessions have ended so far.");
    expect(going.headers.get("refresh")).toBe("3");
    expect((await operator.get("?progress=still")).headers.get("refresh")).toBeNull();
    expect((await operator.submit("?do=end-everything")).status).toBe(409);

    // Signed in 4.5 seconds from now: later than the clocks of two machines could make it seem, and not in a far future.
    const late = await settle(store, { subject: "late", age: -9000 });
    opening.resolve();
    for (let tries = 0; tries < 100 && !(await operator.get("?progress=")).words.includes("All of them"); tries++)
      await sleep(50);
    const done = await operator.get("?progress=");
    expect(done.words).toContain("100 sessions have ended.");
    expect(done.headers.get("refresh")).toBeNull();
    // Who came after it was begun stays.
    expect(await idsOf(manager.list())).toEqual([late]);
  });

  it("says so when the store fails on the way, and may be begun again", async () => {
    const store = memoryStore();
    const gate: { wait: Promise<void> } = { wait: Promise.reject(new Error("lost")) };
    gate.wait.catch(() => {});
    const manager = createSessionManager({ store: slowly(store, gate) });
    const { operator } = open({ manager });
    await populate(store, 10);
    expect(await told(operator, "?do=end-everything")).toContain("Not all of them have ended");
    gate.wait = Promise.resolve();
    expect(await told(operator, "?do=end-everything")).toMatch(/sessions? (has|have) ended/);
    expect(await idsOf(manager.list())).toEqual([]);
  });
});
