import assert from "node:assert/strict";
import { type Client, type CookieJar, createClient } from "../../../src/testing/index.ts";
import type { Store } from "./list.ts";
import { open, send } from "./page.ts";

const NOTHING = { count: 0, user: undefined };
const NAME = `Ada <b>"O'Hara" & Söhne</b>`;

/** Speaks to a running counter from outside. Throws where it isn't as it should be. */
export async function visit(url: string, store: Store): Promise<void> {
  const browser = await countUp(url, store);
  await signInAndOut(browser, url, store);
  await everywhere(url, store);
  await refuse(url);
}

/** Leaves a session behind, to see whether it outlives the application. */
export async function leave(url: string): Promise<CookieJar> {
  const browser = createClient(url);
  await send(browser, "/add");
  await send(browser, "/sign-in", { name: "Grace" });
  return browser.jar;
}

async function countUp(url: string, { isServer }: Store): Promise<Client> {
  const browser = createClient(url);
  const forms = ["/add", "/sign-in"];
  assert.deepEqual(await open(browser), { status: 200, count: 0, user: undefined, forms });
  assert.deepEqual(browser.setCookies, [], "a page that is only looked at sets no cookie");

  assert.equal(await send(browser, "/add"), 303);
  assert.match(browser.setCookies.join(), /; HttpOnly; SameSite=Lax; Secure$/);
  assert.equal((await open(browser)).count, 1);
  if (isServer) {
    const statuses = await Promise.all(Array.from({ length: 9 }, () => send(browser, "/add")));
    assert.deepEqual(new Set(statuses), new Set([303]));
    assert.equal((await open(browser)).count, 10, "what is added at the same time is counted");
  }
  return browser;
}

async function signInAndOut(browser: Client, url: string, { isServer, lists }: Store): Promise<void> {
  const { count } = await open(browser);
  const before = browser.fork();
  for (const name of ["", " ", "x".repeat(61), "a\0b", "a\nb"]) {
    assert.equal(await send(browser, "/sign-in", { name }), 422);
  }
  const tooLong = await send(browser, "/sign-in", { name: "x".repeat(200_000) });
  assert.ok(tooLong === 413 || tooLong === 422, `a form that is too long is answered by ${tooLong}`);
  assert.equal(await send(browser, "/sign-in", { name: NAME }), 303);
  assert.notEqual(browser.jar.value("session", url), before.jar.value("session", url), "signing in changes the cookie");
  const forms = ["/add", "/sign-out", ...(lists ? ["/sign-out-everywhere"] : [])];
  assert.deepEqual(await open(browser), { status: 200, count, user: NAME, forms });
  if (isServer) assert.deepEqual(await shown(before), NOTHING, "the cookie of before is worth nothing");

  const copied = browser.fork();
  assert.equal(await send(browser, "/sign-out"), 303);
  assert.equal(browser.jar.value("session", url), undefined);
  assert.deepEqual(await shown(browser), NOTHING);
  if (isServer) assert.equal((await shown(copied)).user, undefined, "a copied cookie is signed out with it");
}

async function everywhere(url: string, { lists }: Store): Promise<void> {
  const [desk, phone, other] = [createClient(url), createClient(url), createClient(url)];
  for (const browser of [desk, phone]) await send(browser, "/sign-in", { name: "Ada" });
  await send(other, "/sign-in", { name: "Eve" });
  assert.equal(await send(desk, "/sign-out-everywhere"), lists ? 303 : 404);
  const user = lists ? undefined : "Ada";
  for (const browser of [desk, phone]) assert.equal((await shown(browser)).user, user);
  assert.equal((await shown(other)).user, "Eve");
  if (lists) assert.equal(await send(createClient(url), "/sign-out-everywhere"), 303, "nobody is signed in");
}

async function refuse(url: string): Promise<void> {
  const browser = createClient(url);
  await send(browser, "/add");
  const foreign: Record<string, string>[] = [
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site", Origin: url },
    { Origin: "https://elsewhere.example" },
    { Origin: "null" },
  ];
  for (const headers of foreign) assert.equal(await send(browser, "/add", {}, headers), 403);
  const own: Record<string, string>[] = [{ "Sec-Fetch-Site": "same-origin" }, { Origin: url }];
  for (const headers of own) assert.equal(await send(browser, "/add", {}, headers), 303);
  assert.equal((await open(browser)).count, 3);

  for (const token of ["garbage", "A".repeat(43), "a".repeat(5000)]) {
    const Cookie = `session=${token}`;
    const page = await createClient(url).fetch("/", { headers: { Cookie } });
    assert.equal(page.status, 200);
    assert.match(await page.text(), /class="count">0</);
    const stranger = createClient(url);
    assert.equal(await send(stranger, "/add", {}, { Cookie }), 303);
    assert.notEqual(stranger.jar.value("session", url), token, "a foreign id is never taken over");
    assert.equal((await open(stranger)).count, 1);
  }
  const lost = await browser.fetch("/nowhere");
  await lost.body?.cancel();
  assert.equal(lost.status, 404);
}

async function shown(browser: Client): Promise<{ count: number; user: string | undefined }> {
  const { count, user } = await open(browser);
  return { count, user };
}
