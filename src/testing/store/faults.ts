import assert from "node:assert/strict";
import { inspect } from "node:util";
import { createSessionManager, type SessionManager } from "../../index.ts";
import type { Store } from "../../store.ts";
import type { StoreFault } from "../store.ts";
import {
  after,
  assertGone,
  assertHolds,
  bytes,
  list,
  meta,
  newId,
  promptly,
  type StoreTests,
  type Test,
} from "./kit.ts";

const HOUR = 3_600_000;
const SECRET = "what-only-the-user-may-know";
/** Seconds. */
const TIMEOUT = 0.2;
const HASTY = 0.01;

/** A fault of the client is told as a fault: it never looks like a session that ended, nor like one that was stored. */
export function testFaults({ lists }: StoreTests, withClient: (fault: StoreFault) => Test<readonly [Store]>): void {
  withClient("throws")("a client that throws: every call rejects, and tells no secret", async (store) => {
    const id = newId();
    for (const [name, call] of Object.entries(calls(store, id, lists))) {
      const error: unknown = await promptly(call()).then(
        (answer) => assert.fail(`${name} answered ${inspect(answer)}`),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof Error && !(error instanceof TypeError), `${name} rejects with ${inspect(error)}`);
      const text = inspect(error, { depth: 10, showHidden: true });
      assert.ok(!text.includes(id) && !text.includes(SECRET), `${name} tells an id or a payload`);
    }
  });

  withClient("hangs")("a client that hangs: every request ends in time", async (store) => {
    const manager = createSessionManager({ store, storeTimeout: TIMEOUT });
    const outcomes = Object.entries(requests(manager, lists)).map(([name, request]) =>
      assert.rejects(promptly(request()), { code: "ERR_STORE" }, name),
    );
    await Promise.all(outcomes);
  });

  withClient("late")("a client that answers late: each answer reaches its own call", async (store) => {
    const [one, two] = [newId(), newId()];
    assert.deepEqual(await both(store.create(one, bytes("1"), meta()), store.create(two, bytes("2"), meta())), "ok ok");
    await Promise.all([assertHolds(store, one, bytes("1")), assertHolds(store, two, bytes("2"))]);
    const replace = (id: string, version: string) => store.replace(id, bytes("new"), bytes(version), meta());
    assert.equal(await both(replace(one, "1"), replace(two, "1")), "ok conflict");
    assert.equal(await both(store.delete(one), store.delete(newId())), "true false");
    await Promise.all([assertGone(store, one), assertHolds(store, two, bytes("2"))]);
  });

  withClient("late")("a client that answers late: a request that gave up disturbs none after it", async (store) => {
    const hasty = createSessionManager({ store, storeTimeout: HASTY });
    let givenUp = 0;
    for (const [name, request] of Object.entries(requests(hasty, lists))) {
      const outcome = await promptly(request()).then(
        () => "answered", // where the machine itself was later than the answer
        (reason: { code?: unknown }) => reason.code,
      );
      if (outcome === "ERR_STORE") givenUp++;
      else assert.equal(outcome, "answered", name);
    }
    assert.ok(givenUp > 0, "no request gave up");
    const patient = createSessionManager({ store });
    const first = await patient.open(undefined);
    first.flash("kept");
    const [, cookie = ""] = (await patient.commit(first)).find(([name]) => name === "Set-Cookie") ?? [];
    const second = await patient.open(cookie.split(";")[0]);
    assert.deepEqual(second.flashes(), [{ message: "kept", category: "message" }]);
  });

  withClient("garbage")(
    "a client that answers garbage: nothing is taken for a session, nor for done",
    async (store) => {
      const allowed: Record<string, readonly unknown[]> = {
        create: ["exists"],
        "create with a subject": ["exists"],
        read: [undefined],
        "read and renew": [undefined],
        replace: ["conflict", "gone"],
        delete: [false],
        prune: [0],
      };
      for (const [name, call] of Object.entries(calls(store, newId(), lists))) {
        const outcome = await promptly(call().catch(() => "rejected"));
        assert.ok(["rejected", ...(allowed[name] ?? [])].includes(outcome as string), `${name}: ${inspect(outcome)}`);
      }
    },
  );
}

/** Each kind of call. A listing ends with its first session. */
function calls(store: Store, id: string, lists: boolean): Record<string, () => Promise<unknown>> {
  const first = (subject?: string) => async () => {
    for await (const session of list(store, subject === undefined ? {} : { subject })) return session;
    return "an empty list";
  };
  const { prune } = store;
  return {
    create: async () => store.create(id, bytes(SECRET), meta()),
    "create with a subject": async () => store.create(id, bytes(SECRET), meta(HOUR, "ann")),
    read: async () => store.read(id),
    "read and renew": async () => store.read(id, { ifBefore: after(2 * HOUR), expiresAt: after(3 * HOUR) }),
    replace: async () => store.replace(id, bytes(SECRET), bytes(SECRET), meta()),
    delete: async () => store.delete(id),
    ...(lists && { list: first(), "list of a subject": first("ann") }),
    ...(prune && { prune: async () => prune.call(store, new Date()) }),
  };
}

/** Each kind of request to a manager. */
function requests(manager: SessionManager, lists: boolean): Record<string, () => Promise<unknown>> {
  const listing = async () => {
    for await (const session of manager.list()) return session;
    return "an empty list";
  };
  return {
    open: () => manager.open(`session=${newId()}`),
    commit: async () => {
      const session = await manager.open(undefined);
      session.flash("new");
      return manager.commit(session);
    },
    get: () => manager.get(newId()),
    revoke: () => manager.revoke(newId()),
    ...(lists && { list: listing, revokeAll: () => manager.revokeAll("ann") }),
  };
}

async function both(...outcomes: Promise<string | boolean>[]): Promise<string> {
  return (await Promise.all(outcomes)).join(" ");
}
