import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSessionManager, getSession, type SessionInfo, type SessionManager } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { type SettableClock, settableClock } from "../../src/testing/clock.ts";
import { SECRET } from "../core/lib/stores.ts";
import { Visitor } from "../core/lib/visitor.ts";

/*
 * The recipes of docs/security/asvs.md: what an application does with the library where a requirement asks for more than
 * that does by itself. The functions here are those of the page.
 */

let clock: SettableClock;
beforeEach(() => {
  clock = settableClock(new Date("2030-01-01T00:00:00Z"));
});
afterEach(() => clock.restore());

const start = (): SessionManager => createSessionManager({ store: memoryStore() });

/** A request of a browser, handled by a function that finds its session as applications do. */
const handle = (browser: Visitor, handler: () => unknown) =>
  browser.visit((session) => browser.manager.run(session, handler));

async function signIn(manager: SessionManager, user: string, most: number): Promise<void> {
  const others: SessionInfo[] = [];
  for await (const info of manager.list({ subject: user })) others.push(info);
  others.sort((a, b) => Number(b.authenticatedAt) - Number(a.authenticatedAt));
  for (const { id } of others.slice(most - 1)) await manager.revoke(id);
  getSession().login(user);
}

async function changedPassword(manager: SessionManager, user: string): Promise<void> {
  const session = getSession();
  await manager.revokeAll(user, session.id === undefined ? {} : { except: session.id });
  session.login(user);
}

async function endAll(manager: SessionManager): Promise<number> {
  let ended = 0;
  for await (const { id } of manager.list()) if (await manager.revoke(id)) ended++;
  return ended;
}

function refuseBefore(sessionsSince: Date): void {
  const session = getSession();
  const { authenticatedAt } = session;
  if (authenticatedAt !== undefined && authenticatedAt < sessionsSince) session.logout();
}

function signedInWithin(minutes: number): boolean {
  const { authenticatedAt } = getSession();
  return authenticatedAt !== undefined && Date.now() - authenticatedAt.getTime() < minutes * 60_000;
}

describe("a recipe", () => {
  it("a limit of sessions: a new sign-in ends the oldest", async () => {
    const manager = start();
    const browsers = Array.from({ length: 4 }, () => new Visitor(manager));
    for (const browser of browsers) {
      await handle(browser, () => signIn(manager, "alice", 3));
      clock.advance("1m");
    }
    const subjects = await Promise.all(browsers.map(async (browser) => (await browser.look()).subject));
    expect(subjects).toEqual([undefined, "alice", "alice", "alice"]);
  });

  it("a changed password: the others end, one's own goes on under a new token", async () => {
    const manager = start();
    const [own, other] = [new Visitor(manager), new Visitor(manager)];
    for (const browser of [own, other]) await handle(browser, () => getSession().login("alice"));
    const copied = own.fork();
    await handle(own, () => changedPassword(manager, "alice"));
    const subjects = await Promise.all([own, other, copied].map(async (browser) => (await browser.look()).subject));
    expect(subjects).toEqual(["alice", undefined, undefined]);
  });

  it("everybody's sessions end, and none that comes after", async () => {
    const manager = start();
    const browsers = Array.from({ length: 5 }, () => new Visitor(manager));
    for (const [index, browser] of browsers.entries()) await handle(browser, () => getSession().login(`user-${index}`));
    expect(await endAll(manager)).toBe(5);
    const subjects = await Promise.all(browsers.map(async (browser) => (await browser.look()).subject));
    expect(subjects).toEqual([undefined, undefined, undefined, undefined, undefined]);
    const [later] = browsers;
    await handle(later as Visitor, () => getSession().login("user-0"));
    expect((await later?.look())?.subject).toBe("user-0");
  });

  it("a cookie session from before the user's date is refused, one from after it isn't", async () => {
    const browser = new Visitor(createSessionManager({ secret: SECRET }));
    await handle(browser, () => getSession().login("alice"));
    const copied = browser.fork();
    clock.advance("1h");
    const since = new Date();
    clock.advance("1s");
    await handle(browser, () => getSession().login("alice"));
    await handle(browser, () => refuseBefore(since));
    await handle(copied, () => refuseBefore(since));
    expect([(await browser.look()).subject, (await copied.look()).subject]).toEqual(["alice", undefined]);
  });

  it("a recent sign-in: using a session doesn't make it recent, signing in again does", async () => {
    const browser = new Visitor(start());
    await handle(browser, () => getSession().login("alice"));
    clock.advance("11m");
    const answers: boolean[] = [];
    const ask = () => handle(browser, () => answers.push(signedInWithin(10)));
    await ask();
    await handle(browser, () => getSession().regenerate());
    await ask();
    await handle(browser, () => getSession().login("alice"));
    await ask();
    expect(answers).toEqual([false, false, true]);
  });
});
