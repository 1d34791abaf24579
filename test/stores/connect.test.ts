import { execFile } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { inspect, promisify } from "node:util";
import { createClient } from "redis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../scripts/services/lib/ports.ts";
import { places } from "../../scripts/services/places.ts";
import { hasRedis, startRedisServer } from "../../scripts/services/redis.ts";
import type { Service } from "../../scripts/services/service.ts";
import { createSessionManager } from "../../src/index.ts";
import { connectStore } from "../../src/stores/index.ts";
import { loopTime } from "../lib/elapsed.ts";
import { startProxy, type TcpProxy } from "../lib/proxy.ts";

/** Milliseconds: 5 seconds, and what a busy machine adds. */
const PATIENCE = 7000;
const SECRET = "p@ss:w/rd?#%é";
const CODED = encodeURIComponent(SECRET);
const hour = () => ({ expiresAt: new Date(Date.now() + 3_600_000), endsAt: new Date(Date.now() + 3_600_000) });
const payload = Uint8Array.of(1, 2, 3);

const closing: (() => Promise<unknown> | undefined)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dewar-connect-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function refusal(url: string | URL): Promise<Error> {
  const error = await connectStore(url).then(
    async (store) => {
      await store.close?.();
      return undefined;
    },
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(Error);
  return error as Error;
}

/** All of an error that any logger could print. */
function printed(error: unknown): string {
  return inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true });
}

describe("each kind", () => {
  for (const [name, place] of Object.entries(places)) {
    it.skipIf(!place.available)(`${name}: keeps sessions, and closes what it opened`, { timeout: 60_000 }, async () => {
      const { url, stop } = await place.start();
      closing.push(stop);
      const creating = /^(postgres|mysql)/.test(url) ? "?createTable=true" : "";
      const store = await connectStore(url + creating);
      expect(await store.create("a", payload, hour())).toBe("ok");
      expect(Uint8Array.from((await store.read("a"))?.payload ?? [])).toEqual(payload);
      await store.close?.();
      await store.close?.();
      await expect(store.read("a")).rejects.toThrow("closed");
      const again = await connectStore(new URL(url.includes(",") ? "memory:" : url));
      expect(await again.delete("a")).toBe(!url.includes(","));
      await again.close?.();
    });
  }

  it("memory, whose size is an option", async () => {
    const store = await connectStore("memory:?maxSessions=1");
    for (const id of ["a", "b"]) await store.create(id, payload, hour());
    expect([await store.read("a"), (await store.read("b"))?.payload]).toEqual([undefined, payload]);
  });

  it("files, at a path with anything in its name, with a mode and a threshold", async () => {
    const dir = join(folder, "a b%#?ü");
    const store = await connectStore(`${pathToFileURL(dir)}?mode=0640&threshold=1`);
    for (const id of ["a", "b"]) await store.create(id, payload, hour());
    expect([await store.read("a"), (await store.read("b")) !== undefined]).toEqual([undefined, true]);
    expect((await stat(dir)).mode & 0o777).toBe(0o750);
    await store.close?.();
  });

  it("SQLite in memory and in a relative path, in a table of its own", async () => {
    const store = await connectStore("sqlite::memory:?table=visits");
    expect(await store.create("a", payload, hour())).toBe("ok");
    await store.close?.();
  });
});

describe("a URL that can't be one", () => {
  it.each([
    ["", "url"],
    ["redis", "url"],
    ["oracle://localhost", "url"],
    ["constructor:x", "url"],
    [`redis://u:${SECRET}@localhost`, "url"],
    ["redis://u:%zz@localhost", "url"],
    ["redis://:SECRET?PART@localhost", "url"],
    ["redis://u:12345/PART@localhost/0", "url"],
    ["redis+cluster://u:SECRET/PART@localhost", "url"],
    ["memcached://u:12345/PART@localhost", "url"],
    ["mongodb://u:SECRET/PART@localhost/x", "url"],
    ["postgres://u:SECRET/PART@localhost/x", "url"],
    ["postgres://u:SECRET", "url"],
    ["mysql://u:SECRET/PART@localhost/x", "url"],
    ["redis://localhost?__proto__=x", "__proto__"],
    ["redis://localhost:port", "url"],
    ["redis://a:1,b:2", "url"],
    ["redis://localhost/main", "url"],
    ["redis+cluster://a:1,b:2/1", "url"],
    ["redis+sentinel://a:1,b:2", "url"],
    ["memcached://localhost/1", "url"],
    ["memory:x", "url"],
    ["file:", "url"],
    ["file://host/dir", "url"],
    ["sqlite:", "url"],
    [`mongodb://u:${CODED}@localhost:99999/x`, "url"],
    [`mongodb://u:${CODED}@localhost/x?nonsense=1`, "url"],
    [`mysql://u:${CODED}@local host/x`, "url"],
    ["redis://localhost?prefx=a", "prefx"],
    ["redis://localhost?prefix=a&prefix=b", "prefix"],
    ["memory:?maxSessions=many", "maxSessions"],
    ["memory:?maxSessions=0", "maxSessions"],
    ["file:x?mode=rw", "mode"],
    ["file:x?threshold=-1", "threshold"],
    ["sqlite:x?table=a;b", "table"],
    ["sqlite:x?prefix=a", "prefix"],
    ["memcached://localhost?secret=1", "secret"],
    ["postgres://localhost?createTable=yes", "createTable"],
    ["mysql://localhost?createTable=yes", "createTable"],
  ])("%s", async (url, option) => {
    const error = await refusal(url);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(new RegExp(`^${option}: `));
    for (const secret of [SECRET, CODED, "SECRET", "PART", "12345"]) expect(error.message).not.toContain(secret);
    expect(printed(error)).not.toContain(SECRET);
    expect(printed(error)).not.toContain(CODED);
  });

  it("has an option that doesn't exist: the error says which do", async () => {
    const error = await refusal("file:x?prefix=a");
    expect(error.message).toBe("prefix: file: has no such option. It takes: threshold, mode.");
  });
});

const servers = ["redis", "redis+cluster", "redis+sentinel", "memcached", "mongodb", "postgres", "mysql", "mariadb"];
const urlOf = (scheme: string, port: number) =>
  `${scheme}://user:${CODED}@127.0.0.1:${port}${scheme === "redis+sentinel" ? "/main" : ""}`;

describe("a server that isn't there", () => {
  it.concurrent.each(servers)("%s: refused", { timeout: 30_000 }, async (scheme) => {
    const address = urlOf(scheme, await freePort());
    let error = new Error("none");
    const took = await loopTime(async () => {
      error = await refusal(address);
    });
    expect(took).toBeLessThan(PATIENCE);
    expect(error.message).toMatch(/^Can't connect to \w+ at 127\.0\.0\.1:\d+: ./);
    expect(printed(error)).not.toContain(SECRET);
    expect(printed(error)).not.toContain(CODED);
  });

  it("answers nothing: refused by all within 5 seconds, and no connection stays", {
    timeout: 30_000,
  }, async () => {
    const mute = createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
    await once(mute, "listening");
    const proxy = await startProxy((mute.address() as { port: number }).port);
    closing.push(
      () => promisify((done: () => void) => mute.close(done))(),
      () => proxy.stop(),
    );
    let errors: Error[] = [];
    const took = await loopTime(async () => {
      errors = await Promise.all(servers.map((scheme) => refusal(urlOf(scheme, proxy.port))));
    });
    expect(took).toBeLessThan(PATIENCE);
    expect(errors).toHaveLength(servers.length);
    for (const error of errors) expect(printed(error)).not.toContain(SECRET);
    await expect.poll(() => proxy.open, { timeout: 12_000 }).toBe(0);
  });
});

describe("a driver that isn't installed", () => {
  const packages = { redis: "redis", memcached: "memjs", mongodb: "mongodb", postgres: "pg", mysql: "mysql2" };
  let bare = "";
  beforeAll(async () => {
    bare = join(folder, "bare");
    await cp("src", join(bare, "src"), { recursive: true });
    await writeFile(join(bare, "package.json"), '{ "type": "module" }');
  });

  it.each(Object.entries(packages))("%s: says what to install", async (scheme, name) => {
    const program = `import { connectStore } from "./src/stores/index.ts";
      await connectStore("${scheme}://localhost").catch((error) => console.log(error.message));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], {
      cwd: bare,
    });
    expect(stdout.trim()).toBe(`The package "${name}" isn't installed: npm install ${name}`);
  });
});

describe.skipIf(!hasRedis)("Redis", () => {
  let server: Service;
  let proxy: TcpProxy;
  beforeAll(async () => {
    server = await startRedisServer({ settings: ['save ""', `user shop on >"${SECRET}" ~* +@all`] });
    proxy = await startProxy(server.port);
  });
  afterAll(async () => {
    await proxy?.stop();
    await server?.stop();
  });

  it("takes name, password, database and prefix from the URL", async () => {
    const store = await connectStore(`redis://shop:${CODED}@127.0.0.1:${server.port}/3?prefix=a%3A`);
    closing.push(() => store.close?.());
    await store.create("x", payload, hour());
    const client = await createClient({ url: `${server.url}/3` }).connect();
    closing.push(async () => client.destroy());
    expect(await client.keys("*")).toEqual(["a:x"]);
  });

  it("keeps a wrong password out of the error", async () => {
    const error = await refusal(`redis://shop:wrong-${CODED}@127.0.0.1:${server.port}`);
    expect(error.message).toContain("WRONGPASS");
    expect(printed(error)).not.toContain("wrong-");
  });

  it("connects again after the connection was lost, and lets go of a mute one", { timeout: 30_000 }, async () => {
    const store = await connectStore(proxy.url(server.url));
    closing.push(() => store.close?.());
    await store.create("y", payload, hour());
    proxy.reset();
    await expect.poll(() => store.read("y").catch(() => undefined)).toBeDefined();
    await proxy.set("swallow");
    const [before, unanswered] = [proxy.accepted, store.read("y")];
    await sleep(2000);
    await proxy.set("pass");
    await expect(unanswered).rejects.toThrow();
    expect(await store.read("y")).toBeDefined();
    expect(proxy.accepted).toBe(before + 1);
  });

  it("serves a manager, whose end closes the connection", async () => {
    await expect.poll(() => proxy.open).toBe(0);
    const manager = createSessionManager({ store: await connectStore(proxy.url(server.url)) });
    await expect.poll(() => proxy.open).toBe(1);
    await manager.close();
    await expect.poll(() => proxy.open).toBe(0);
  });
});
