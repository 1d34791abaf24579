import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { type IncomingHttpHeaders, type RequestOptions, request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Gate } from "../../src/cli/admin/gate.ts";
import { finished, type Result, said, start } from "./lib/dewar.ts";
import { visit } from "./lib/visits.ts";

let folder = "";
let child: ChildProcess;
let end: Promise<Result>;
let link: URL;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dewar-admin-"));
  const store = `sqlite:${join(folder, "s.db")}`;
  await visit(store, [{ user: "ada-of-the-test" }]);
  child = start(["admin", "--json", "--store", store]);
  end = finished(child);
  link = new URL(JSON.parse(await said(child.stdout, /\}\n$/)).link);
});
afterEach(async () => {
  child.kill("SIGINT");
  await end;
  await rm(folder, { recursive: true });
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

function ask(path: string, options: RequestOptions = {}, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = link;
    request({ hostname, port, path, agent: false, ...options }, async (response) => {
      const { statusCode: status = 0, headers } = response;
      resolve({ status, headers, body: await text(response) });
    })
      .on("error", reject)
      .end(body);
  });
}

const hostOf = (url: URL) => ({ Host: url.host });

it("lets in the browser that opens the link first, and no other", async () => {
  expect(link.hostname).toBe("127.0.0.1");
  // What previews a link doesn't use it up.
  expect((await ask(link.pathname, { method: "HEAD" })).status).toBe(404);
  const opened = await ask(link.pathname);
  const { location = "", "set-cookie": [setCookie = ""] = [] } = opened.headers;
  expect(opened.status).toBe(303);
  expect(setCookie).toMatch(/^dewar-operator=[\w-]{43}; Path=\/[\w-]{22}\/; HttpOnly; SameSite=Strict$/);
  expect(setCookie).toContain(`Path=${location};`);
  const [Cookie = ""] = setCookie.split(";");

  const page = await ask(location, { headers: { Cookie } });
  expect(page.status).toBe(200);
  expect((await ask(`${location}?list=`, { headers: { Cookie } })).body).toContain("ada-of-the-test");

  const again = await ask(link.pathname);
  expect(again).toMatchObject({ status: 403, body: expect.stringContaining("has been used") });
  expect(again.headers["set-cookie"]).toBeUndefined();
  for (const headers of [{}, { Cookie: `${Cookie.slice(0, -1)}x` }, { Cookie: "dewar-operator=" }]) {
    const answer = await ask(`${location}?list=`, { headers });
    expect(answer.status).toBe(403);
    expect(answer.body).not.toContain("ada");
  }
  expect((await ask("/", { headers: { Cookie } })).status).toBe(404);
});

it("answers to its own address alone: another name that leads here is none of it", async () => {
  for (const Host of [
    "evil.example.com",
    `localhost:${link.port}`,
    "127.0.0.1",
    `127.0.0.1:${link.port}.example.com`,
  ]) {
    const answer = await ask(link.pathname, { headers: { Host } });
    expect(answer.status, Host).toBe(421);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  }
  // The link is still unused.
  expect((await ask(link.pathname, { headers: hostOf(link) })).status).toBe(303);
});

it("listens on loopback only", async () => {
  const others = Object.values(networkInterfaces())
    .flat()
    .filter((one) => one?.family === "IPv4" && !one.internal);
  for (const { address } of others.flatMap((one) => one ?? [])) {
    const socket = connect({ host: address, port: Number(link.port) });
    const outcome = await new Promise((resolve) => socket.on("connect", () => resolve("open")).on("error", resolve));
    expect(outcome).toMatchObject({ code: "ECONNREFUSED" });
  }
});

it("a form of another site ends nothing, even with the cookie", async () => {
  const { location = "", "set-cookie": [setCookie = ""] = [] } = (await ask(link.pathname)).headers;
  const [Cookie = ""] = setCookie.split(";");
  const headers = { Cookie, Origin: "https://evil.example.com", "Content-Type": "application/x-www-form-urlencoded" };
  const answer = await ask(`${location}?do=end-everything`, { method: "POST", headers }, "sure=yes");
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect((await ask(`${location}?list=`, { headers: { Cookie } })).body).toContain("ada-of-the-test");
});

it("Ctrl-C ends it, though a browser keeps its connection", async () => {
  const socket = connect({ host: "127.0.0.1", port: Number(link.port) });
  await new Promise((resolve) => socket.on("connect", resolve));
  socket.on("error", () => {});
  child.kill("SIGINT");
  expect((await end).code).toBe(130);
  socket.destroy();
});

it("ends a session by the page's own form, and says so where it is served", async () => {
  const { location = "", "set-cookie": [setCookie = ""] = [] } = (await ask(link.pathname)).headers;
  const [operator = ""] = setCookie.split(";");
  const form = await ask(`${location}?do=end&user=ada-of-the-test`, { headers: { Cookie: operator } });
  const key = form.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
  const token = /name="token" value="([^"]+)"/.exec(form.body)?.[1];
  const headers = {
    Cookie: `${operator}; ${key}`,
    Origin: link.origin,
    "Sec-Fetch-Site": "same-origin",
    "Content-Type": "text/plain",
  };
  const path = `${location}?do=end&user=ada-of-the-test`;
  const answer = await ask(path, { method: "POST", headers }, `token=${token}\r\n`);
  expect(answer.status).toBe(303);
  expect((await ask(`${location}?user=ada-of-the-test`, { headers: { Cookie: operator } })).body).not.toMatch(
    /session=[\w-]{43}/,
  );
});

describe("the link", () => {
  it("is dead after ten minutes", () => {
    vi.useFakeTimers();
    try {
      const [old, fresh] = [new Gate("127.0.0.1:1"), new Gate("127.0.0.1:1")];
      const open = (gate: Gate) => gate.authorize(new Request(gate.link, { headers: { host: "127.0.0.1:1" } }));
      expect(open(fresh)).toMatchObject({ status: 303 });
      vi.advanceTimersByTime(10 * 60_000 + 1);
      expect(open(old)).toMatchObject({ status: 403 });
    } finally {
      vi.useRealTimers();
    }
  });
});
