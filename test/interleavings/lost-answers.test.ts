/**
 * The server carried a command out, and the connection is cut before the answer comes. Some clients then repeat the command
 * by themselves, others reject; either way nothing may be lost, be done twice, or look as if another had done it.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSessionManager, type SessionEvent, type Store } from "../../src/index.ts";
import { type Data, setCookies, Visitor, write } from "../core/lib/visitor.ts";
import { startProxy, type TcpProxy, type Traffic } from "../lib/proxy.ts";
import { listedIds, loggedIn } from "./lib/after.ts";
import { cutting, type Method } from "./lib/cutting.ts";
import { type Client, type Connected, remotes, type Server } from "./lib/remote.ts";

const increment = (data: Data) => {
  data.n = (data.n ?? 0) + 1;
};

describe.each(remotes)("$name", ({ available, start, clients }) => {
  let server: Server;
  let proxies: TcpProxy[] = [];
  beforeAll(async () => {
    if (!available) return;
    server = await start();
    proxies = await Promise.all(server.ports.map((port) => startProxy(port)));
  }, 120_000);
  afterAll(async () => {
    for (const proxy of proxies) await proxy.stop();
    await server?.stop();
  });

  describe.skipIf(!available).each(clients)("by $name", (client) => {
    testLostAnswers(client, () => ({ server, proxies }));
  });
});

function testLostAnswers(
  { connect, repeatsUnseen = false }: Client,
  way: () => { server: Server; proxies: TcpProxy[] },
) {
  let direct: Connected;
  let far: Connected;
  beforeAll(async () => {
    const { server, proxies } = way();
    direct = await connect(server, (port) => port);
    far = await connect(server, (port) => proxies[server.ports.indexOf(port)]?.port ?? port);
    // Each node of a Cluster is to know the scripts: a command that it refuses at first isn't carried out.
    for (let visit = 0; visit < 30; visit++) await (await loggedIn(far.store)).browser.visit(write("b", 2));
  });
  afterAll(async () => {
    await far.end();
    await direct.end();
  });

  const cuts = () => way().proxies.reduce((sum, proxy) => sum + proxy.cuts, 0);
  const letAll = (traffic: Traffic) => Promise.all(way().proxies.map((proxy) => proxy.set(traffic)));

  /** A process whose first call of `method` loses its answer. */
  function losing(method: Method, meanwhile?: () => void) {
    const events: string[] = [];
    const onEvent = ({ type }: SessionEvent) => void events.push(type);
    const store: Store = cutting(far.store, way().proxies, method, meanwhile);
    return { manager: createSessionManager({ store, storeTimeout: "10s", onEvent }), events };
  }

  async function expectOneCut(act: () => Promise<void>): Promise<void> {
    const before = cuts();
    await act();
    expect(cuts() - before).toBe(1);
    await letAll("pass");
  }

  it("a login is there once", () =>
    expectOneCut(async () => {
      const { manager } = losing("create");
      const browser = new Visitor(manager);
      const subject = `new-${cuts()}`;
      await browser.visit((session) => session.login(subject));
      const { id, subject: found } = await browser.look();
      expect(found).toBe(subject);
      if (direct.store.list) expect(await listedIds(direct.store, subject)).toEqual([id]);
    }));

  it("a read is made again", () =>
    expectOneCut(async () => {
      const { browser, subject } = await loggedIn(direct.store);
      expect((await browser.fork(losing("read").manager).look()).subject).toBe(subject);
    }));

  it("a change is stored, and isn't taken for another's", () =>
    expectOneCut(async () => {
      const { browser } = await loggedIn(direct.store);
      const { manager, events } = losing("replace");
      await browser.fork(manager).visit(write("b", 2));
      expect((await browser.look()).data).toEqual({ a: 1, b: 2 });
      expect(events).not.toContain("gone");
      expect(events).not.toContain("merged");
    }));

  it("an update is applied once", () =>
    expectOneCut(async () => {
      const { browser } = await loggedIn(direct.store);
      await browser.fork(losing("replace").manager).visit((session) => session.update(increment));
      expect((await browser.look()).data.n).toBe(1);
    }));

  it("a logout ends the session, and clears the cookie", () =>
    expectOneCut(async () => {
      const { browser } = await loggedIn(direct.store);
      const headers = await browser.fork(losing("replace").manager).visit((session) => session.logout());
      expect(setCookies(headers)).toHaveLength(1);
      expect((await browser.look()).subject).toBeUndefined();
    }));

  it.each(["create", "replace"] as const)(
    "a new token replaces the former one, where its %s loses the answer",
    (method) =>
      expectOneCut(async () => {
        const { browser, subject } = await loggedIn(direct.store);
        const former = browser.fork();
        const mover = browser.fork(losing(method).manager);
        await mover.visit((session) => session.regenerate());
        const now = await mover.fork(browser.manager).look();
        expect(now).toMatchObject({ subject, data: { a: 1 } });
        expect((await former.look()).subject).toBeUndefined();
        if (direct.store.list) expect(await listedIds(direct.store, subject)).toEqual([now.id]);
      }),
  );

  it.each(["replace", "delete"] as const)(
    "who revokes is told that it was done, where its %s loses the answer",
    (method) =>
      expectOneCut(async () => {
        const { browser } = await loggedIn(direct.store);
        const { id = "" } = await browser.look();
        expect(await losing(method).manager.revoke(id)).toBe(true);
        expect((await browser.look()).subject).toBeUndefined();
      }),
  );

  it(`an update is applied ${repeatsUnseen ? "twice" : "once"}, where another one comes before it could be repeated`, () =>
    expectOneCut(async () => {
      const { browser } = await loggedIn(direct.store);
      const slow = browser.fork(losing("replace", () => void letAll("refuse")).manager);
      // To refuse new connections replaces the plan to cut: what is cut is the connection that is there.
      const outcome = slow
        .visit((session) => session.update(increment))
        .then(
          () => "stored",
          ({ code }: { code: string }) => code,
        );
      await expect.poll(async () => (await browser.look()).data.n).toBe(1);
      await browser.visit((session) => session.update(increment));
      await letAll("pass");
      const told = await outcome;
      const { n } = (await browser.look()).data;
      // Sent again unseen, it looks like a conflict: then it is applied anew, as after any.
      expect({ told, n }).toEqual(repeatsUnseen ? { told: "stored", n: 3 } : { told: "ERR_STORE", n: 2 });
    }));
}
