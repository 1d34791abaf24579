import { describe, expect, it } from "vitest";
import { sessions } from "../../src/adapters/fetch.ts";
import { getSession, type SessionEvent, type SessionOptions } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";

const SHOP = "https://shop.test/";

async function start(options: Partial<SessionOptions> = {}) {
  const events: SessionEvent[] = [];
  const onEvent = (event: SessionEvent) => void events.push(event);
  const app = sessions({ store: memoryStore(), onEvent, ...options })((request) => {
    if (new URL(request.url).pathname === "/login") getSession().login("alice");
    return new Response(getSession().subject ?? "nobody");
  });
  const response = await app(new Request(`${SHOP}login`));
  const cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  return { app, events, cookie, response };
}

describe("a token", () => {
  it("counts in the cookie alone: not in the address, another header, a form", async () => {
    const { app, events, cookie } = await start();
    const token = cookie.slice("session=".length);
    const who = async (request: Request) => (await app(request)).text();
    expect(await who(new Request(SHOP, { headers: { cookie } }))).toBe("alice");
    events.length = 0;
    const others = [
      new Request(`${SHOP}?session=${token}`),
      new Request(`${SHOP};session=${token}`),
      new Request(SHOP, { headers: { authorization: `Bearer ${token}` } }),
      new Request(SHOP, { headers: { session: token, "x-session": token, cookie2: cookie } }),
      new Request(SHOP, { method: "POST", body: new URLSearchParams({ session: token }) }),
      new Request(SHOP, { headers: { cookie: `Session=${token}; SESSION=${token}; sid=${token}` } }),
    ];
    for (const request of others) expect(await who(request)).toBe("nobody");
    expect(events).toEqual([]);
  });

  it("leaves in Set-Cookie alone", async () => {
    const { response, cookie } = await start();
    const token = cookie.slice("session=".length);
    expect(token).toMatch(/^[\w-]{43}$/);
    const others = [...response.headers].filter(([name]) => name !== "set-cookie");
    expect(JSON.stringify([others, await response.text()])).not.toContain(token);
  });
});

describe("brute force", () => {
  it("shows in the events: one for each guess, told apart by whether it could be a token", async () => {
    const { app, events } = await start();
    events.length = 0;
    const guesses = ["A", "B", "C"].map((letter) => letter.repeat(43));
    for (const value of [...guesses, "short", "../../etc/passwd"]) {
      await app(new Request(SHOP, { headers: { cookie: `session=${value}` } }));
    }
    expect(events.map(({ type }) => type)).toEqual([
      "unknown-token",
      "unknown-token",
      "unknown-token",
      "forged",
      "forged",
    ]);
    for (const guess of guesses) expect(JSON.stringify(events)).not.toContain(guess);
  });

  it("costs no store command where tokens are signed", async () => {
    const store = memoryStore();
    let reads = 0;
    const read: typeof store.read = (...args) => {
      reads++;
      return store.read(...args);
    };
    const counted = { create: store.create.bind(store), read, replace: store.replace.bind(store) };
    const signed = { store: { ...counted, delete: store.delete.bind(store) }, secret: "s".repeat(32) };
    const { app, events } = await start(signed);
    await app(new Request(SHOP, { headers: { cookie: `session=${"A".repeat(43)}.${"B".repeat(43)}` } }));
    expect(reads).toBe(0);
    expect(events.at(-1)).toEqual({ type: "forged" });
  });
});
