import { describe, expect, it, vi } from "vitest";
import { admin } from "../../src/admin/index.ts";
import { createSessionManager } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { FROM_HERE, Operator, open } from "./lib/operator.ts";
import { settle } from "./lib/population.ts";

const EVERY_PAGE = [
  "",
  "?list=",
  "?user=ada",
  "?find=ada",
  "?session=x",
  "?do=end-everything",
  "?do=end&user=ada",
  "?progress=",
  "?nowhere=1",
];

describe("who may see the page", () => {
  it("can't be left open", () => {
    const manager = createSessionManager({ store: memoryStore() });
    // @ts-expect-error: what JavaScript would allow.
    expect(() => admin({ manager })).toThrow(/^authorize: .*no default/);
    // @ts-expect-error
    expect(() => admin({ authorize: () => true })).toThrow(/^manager: /);
    // @ts-expect-error
    expect(() => admin()).toThrow(TypeError);
  });

  it("is asked on every request, before anything else", async () => {
    const authorize = vi.fn(() => false);
    const { operator, store } = open({ authorize });
    const read = vi.spyOn(store, "read");
    const list = vi.spyOn(store as Required<typeof store>, "list");
    for (const address of EVERY_PAGE) {
      const { status, text } = await operator.get(address);
      expect([status, text]).toEqual([403, "Forbidden\n"]);
    }
    expect((await operator.post("?do=end-everything", "x")).status).toBe(403);
    expect(authorize).toHaveBeenCalledTimes(EVERY_PAGE.length + 1);
    expect([read, list].map((method) => method.mock.calls.length)).toEqual([0, 0]);
  });

  it("is only whoever `true` is said of", async () => {
    for (const word of [undefined, 1, "yes", {}] as unknown[]) {
      const { operator } = open({ authorize: () => word as boolean });
      expect((await operator.get("")).status).toBe(403);
    }
  });

  it("may be answered otherwise, such as by a sign-in", async () => {
    const { operator } = open({ authorize: async () => Response.redirect("https://shop.example.com/sign-in") });
    const { status, headers } = await operator.get("");
    expect([status, headers.get("location")]).toEqual([302, "https://shop.example.com/sign-in"]);
  });

  it("is nobody while the question fails, and the answer doesn't say why", async () => {
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    const { operator } = open({ authorize: () => Promise.reject(new Error("no database")) });
    const { status, text } = await operator.get("");
    expect([status, text]).toEqual([500, "Internal Server Error\n"]);
    expect((await warned).message).toBe("admin: authorize failed: no database");
  });

  it("is told by what the framework knows, too", async () => {
    const { page } = open({ authorize: (_request, { address }) => address === "192.0.2.1" });
    const ask = async (address: string) => (await page(new Request("http://localhost/"), { address })).status;
    expect([await ask("192.0.2.1"), await ask("192.0.2.2")]).toEqual([200, 403]);
  });
});

describe("a form", () => {
  async function withOne() {
    const opened = open({ session: { store: memoryStore() } });
    const id = await settle(opened.store, { subject: "ada" });
    const address = `?do=end&session=${id}`;
    const { text } = await opened.operator.get(address);
    const token = /name="token" value="([^"]*)"/.exec(text)?.[1] ?? "";
    const lives = async () => (await opened.manager.get(id)) !== undefined;
    return { ...opened, id, address, token, lives };
  }

  it("is accepted from the page itself", async () => {
    const { operator, address, token, lives } = await withOne();
    expect((await operator.post(address, token)).status).toBe(303);
    expect(await lives()).toBe(false);
  });

  it.each([
    ["another site", { "Sec-Fetch-Site": "cross-site" }],
    ["a neighbour of the same site", { "Sec-Fetch-Site": "same-site" }],
    ["outside of any page", { "Sec-Fetch-Site": "none" }],
    ["another site, by an old browser", { Origin: "https://evil.example.com" }],
    ["a page that hides where it is", { Origin: "null" }],
    ["who doesn't say", {}],
    ["another port", { Origin: "https://shop.example.com:8443" }],
  ])("is refused from %s, even with the right token", async (_, headers) => {
    const { operator, address, token, lives } = await withOne();
    expect((await operator.post(address, token, headers as Record<string, string>)).status).toBe(403);
    expect(await lives()).toBe(true);
  });

  it("is accepted from an old browser that says its origin", async () => {
    const { operator, address, token } = await withOne();
    expect((await operator.post(address, token, { Origin: "https://shop.example.com" })).status).toBe(303);
  });

  it.each([
    ["no token", () => ""],
    ["another one's token", async () => (await withOne()).token],
    ["a token that is too long", (token: string) => token + "A".repeat(5000)],
    ["a token that was changed", (token: string) => `${token.startsWith("A") ? "B" : "A"}${token.slice(1)}`],
  ])("is refused with %s, even from here", async (_, forge) => {
    const { operator, address, token, lives } = await withOne();
    expect((await operator.post(address, await forge(token))).status).toBe(403);
    expect(await lives()).toBe(true);
  });

  it("does what it was made for, and nothing else", async () => {
    const { operator, token, store, manager } = await withOne();
    const other = await settle(store, { subject: "ada" });
    for (const address of [
      `?do=end&session=${other}`,
      "?do=end&user=ada",
      "?do=end-everything",
      `?do=reveal&session=${other}`,
    ]) {
      expect((await operator.post(address, token)).status).toBe(403);
    }
    expect(await manager.get(other)).toBeDefined();
  });

  it("is worth nothing in another browser, nor with a key that somebody slipped in beside it", async () => {
    const { operator, page, address, token, lives } = await withOne();
    const stranger = new Operator(page);
    expect((await stranger.post(address, token)).status).toBe(403);
    await stranger.get("");
    expect((await stranger.post(address, token)).status).toBe(403);

    const key = operator.cookies.get("__Host-dewar-admin");
    const Cookie = `__Host-dewar-admin=${"A".repeat(43)}; __Host-dewar-admin=${key}`;
    expect((await operator.post(address, token, { ...FROM_HERE, Cookie })).status).toBe(403);
    expect(await lives()).toBe(true);
  });

  it("can't be sent by a link", async () => {
    const { operator, address, token, lives } = await withOne();
    await operator.get(`${address}&token=${token}`);
    expect(await lives()).toBe(true);
  });

  it("works in whichever process it arrives", async () => {
    const { operator, manager, address, token } = await withOne();
    const elsewhere = new Operator(admin({ manager, authorize: () => true }));
    for (const [name, value] of operator.cookies) elsewhere.cookies.set(name, value);
    expect((await elsewhere.post(address, token)).status).toBe(303);
  });

  it("keeps its key where nobody else sets or reads it", async () => {
    const { page } = open();
    const setCookie = async (url: string) =>
      (await page(new Request(url))).headers.get("set-cookie")?.replace(/=[\w-]{43};/, "=…;");
    expect(await setCookie("https://a.example.com/")).toBe(
      "__Host-dewar-admin=…; Path=/; HttpOnly; SameSite=Strict; Secure",
    );
    expect(await setCookie("http://127.0.0.1/")).toBe("dewar-admin=…; Path=/; HttpOnly; SameSite=Strict");
  });
});

describe("every answer", () => {
  it("is kept by nobody, framed by nobody, and loads and runs nothing", async () => {
    const { operator, store } = open();
    const id = await settle(store, { data: { token: 1 } });
    for (const address of [...EVERY_PAGE, `?session=${id}`, `?do=end&session=${id}`]) {
      const { headers, text } = await operator.get(address);
      expect(headers.get("cache-control")).toBe("no-store");
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toMatch(
        /^default-src 'none'; style-src 'sha256-[^' ]+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
      );
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
      // A form from a page without any referrer says `Origin: null`.
      expect(headers.get("referrer-policy")).toBe(
        text.includes('method="post"') || address === `?session=${id}` ? "same-origin" : "no-referrer",
      );
      expect(text).not.toMatch(/<script|\sstyle=|\son\w+=|(src|href|action)="(?!\?|#)/);
    }
  });

  it("to HEAD has the same headers and nothing else; other methods are refused", async () => {
    const { operator } = open();
    const head = await operator.get("", { method: "HEAD" });
    expect([head.status, head.text, head.headers.get("content-type")]).toEqual([200, "", "text/html; charset=utf-8"]);
    const put = await operator.get("", { method: "PUT" });
    expect([put.status, put.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
    expect((await operator.post("?list=", "x")).status).toBe(404);
  });
});
