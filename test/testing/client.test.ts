import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "../../src/testing/index.ts";

let server: Server;
let browser: Client;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === "/set") response.setHeader("Set-Cookie", ["a=1; HttpOnly", "b=2; Secure"]);
    if (request.url === "/redirect") response.writeHead(302, { Location: "/set" });
    if (request.url === "/missing") response.statusCode = 404;
    response.end(JSON.stringify({ cookie: request.headers.cookie, method: request.method, raw: request.rawHeaders }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

describe("Client", () => {
  const open = () => createClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);

  it("keeps cookies, and shows the lines that set them", async () => {
    browser = open();
    await browser.text("/set");
    expect(browser.setCookies).toEqual(["a=1; HttpOnly", "b=2; Secure"]);
    expect(browser.cookieHeader()).toBe("a=1; b=2");
    expect(await browser.json("/")).toMatchObject({ cookie: "a=1; b=2" });
    expect(browser.setCookies).toEqual([]);
  });

  it("sends a cookie header of the caller's in the place of its own", async () => {
    browser = open();
    await browser.text("/set");
    expect(await browser.json("/", { headers: { cookie: "c=3" } })).toMatchObject({ cookie: "c=3" });
  });

  it("forks into another browser", async () => {
    browser = open();
    await browser.text("/set");
    const fork = browser.fork();
    browser.jar.receive(["a=; Max-Age=0"], `http://127.0.0.1/`);
    expect([browser.cookieHeader(), fork.cookieHeader()]).toEqual(["b=2", "a=1; b=2"]);
  });

  it("follows no redirect by itself", async () => {
    const response = await open().fetch("/redirect");
    expect([response.status, response.headers.get("location")]).toEqual([302, "/set"]);
  });

  it("throws for an error's status where only the body is asked for", async () => {
    await expect(open().text("/missing")).rejects.toThrow(/^\/missing answered 404: /);
    expect((await open().fetch("/missing")).status).toBe(404);
  });

  it("sends raw headers as they are", async () => {
    const { status, body } = await open().raw(
      "/",
      [
        ["Cookie", " a=1"],
        ["cookie", 'b="é"'],
      ],
      "POST",
    );
    expect(status).toBe(200);
    const seen = JSON.parse(body);
    expect(seen).toMatchObject({ method: "POST", cookie: 'a=1; b="é"' });
    expect(seen.raw.slice(2, 6)).toEqual(["Cookie", "a=1", "cookie", 'b="é"']);
  });
});
