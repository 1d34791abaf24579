import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runShop, startShop } from "./run-shop.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dewar-shop-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("the shop's command line", () => {
  test.each([
    [["--port", "many"], '--port takes a number from 0 to 65535, not "many".'],
    [["--port", "65536"], '--port takes a number from 0 to 65535, not "65536".'],
    [["--host", ""], "--host takes an address or a name"],
    [["--store", "mongo"], "--store takes sqlite, sqlite:FILE, memory, redis://HOST, cookie or cookie:FILE."],
    [["--store", "sqlite:"], "--store takes"],
    [["--store", "redis://:hush@"], "--store takes"],
    [["--colour", "blue"], "--colour"],
    [["sqlite"], "sqlite"],
  ])("%j is refused with exit code 2", async (args, message) => {
    const { code, output } = await runShop(...args);
    expect(output).toContain(message);
    expect(output).toContain("--help shows the options.");
    expect(output).not.toContain("    at ");
    expect(code).toBe(2);
  });

  test("--help shows the options", async () => {
    const { code, output } = await runShop("--help");
    expect(output).toContain("--store WHERE");
    expect(code).toBe(0);
  });

  test("a port asked for and taken is an error", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const { code, output } = await runShop("--port", String(port), "--store", "memory");
    taken.close();
    expect(output.trim()).toBe(`Port ${port} is taken: name another with --port.`);
    expect(code).toBe(1);
  });

  test("a Redis that does not answer is an error of one line, without the password", async () => {
    const { code, output } = await runShop("--port", "0", "--store", "redis://:hush@127.0.0.1:1");
    expect(output.trim()).toBe(
      "Redis at 127.0.0.1:1 can't be used (connect ECONNREFUSED 127.0.0.1:1): start it, or choose another --store.",
    );
    expect(code).toBe(1);
  });

  test("a file that can't be opened is an error of one line", async () => {
    const file = join(folder, "nowhere", "shop.sqlite");
    const { code, output } = await runShop("--port", "0", "--store", `sqlite:${file}`);
    expect(output.trim()).toMatch(/^--store: .*shop\.sqlite can't be opened as a database\./);
    expect(code).toBe(1);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("%s stops the shop in order", async (signal) => {
    const shop = await startShop("--port", "0", "--store", `sqlite:${join(folder, "stop.sqlite")}`);
    expect((await fetch(shop.url)).status).toBe(200);
    expect((await shop.end(signal)).code).toBe(0);
  });

  test("the key of cookie sessions is for its owner only", async () => {
    const file = join(folder, "shop.secret");
    const shop = await startShop("--port", "0", "--store", `cookie:${file}`);
    await shop.end();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });
});

describe("the cookie", () => {
  const setCookie = async (url: string) => (await addFlask(url)).headers.get("Set-Cookie");

  test("is HttpOnly, and on loopback as secure as the request: not every browser takes http there for secure", async () => {
    const shop = await startShop("--port", "0", "--store", "memory");
    const cookie = await setCookie(shop.url);
    await shop.end();
    expect(cookie).toMatch(/^keepwell=.*; HttpOnly; SameSite=Lax$/);
    expect(shop.output()).not.toContain("Secure");
  });

  test("is not where others reach the shop over plain http, and the shop says so", async () => {
    const shop = await startShop("--port", "0", "--host", "0.0.0.0", "--store", "memory");
    const cookie = await setCookie(`http://127.0.0.1:${shop.port}`);
    expect(cookie).toMatch(/^keepwell=/);
    expect(cookie).not.toMatch(/Secure/i);
    expect(shop.output()).toContain('sent without "Secure"');
    await shop.end();
  });
});

test("forms of other sites are refused", async () => {
  const shop = await startShop("--port", "0", "--store", "memory");
  const statusWith = async (headers: Record<string, string>) => (await addFlask(shop.url, headers)).status;
  expect(await statusWith({ "Sec-Fetch-Site": "cross-site" })).toBe(403);
  expect(await statusWith({ "Sec-Fetch-Site": "same-site" })).toBe(403);
  expect(await statusWith({ Origin: "https://elsewhere.example" })).toBe(403);
  expect(await statusWith({ Origin: "null" })).toBe(403);
  expect(await statusWith({ "Sec-Fetch-Site": "same-origin" })).toBe(303);
  expect(await statusWith({ Origin: shop.url })).toBe(303);
  await shop.end();
});

test("counts every piece that is added at the same time", async () => {
  const shop = await startShop("--port", "0", "--store", `sqlite:${join(folder, "parallel.sqlite")}`);
  const Cookie = (await addFlask(shop.url)).headers.get("Set-Cookie")?.split(";")[0] ?? "";
  await Promise.all(Array.from({ length: 9 }, () => addFlask(shop.url, { Cookie })));
  const cart = await (await fetch(`${shop.url}/cart`, { headers: { Cookie } })).text();
  expect(cart).toContain('name="quantity" value="10"');
  await shop.end();
});

function addFlask(url: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/cart/traveller/add`, { method: "POST", headers, redirect: "manual" });
}
