import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasPostgres, startPostgres } from "../../scripts/services/postgres.ts";
import { hasRedis, startRedis } from "../../scripts/services/redis.ts";
import type { Service } from "../../scripts/services/service.ts";
import { flaskSession, moveFromFlask } from "../../src/flask/index.ts";
import { createSessionManager, type SessionManager, type SessionOptions } from "../../src/index.ts";
import { connectStore } from "../../src/stores/index.ts";
import { CookieJar } from "../../src/testing/index.ts";
import { startFlask } from "../flask/lib/flask-app.ts";
import { hasPython } from "../flask/lib/venv.ts";
import { invoke } from "./lib/invoke.ts";

const secret = "a secret for the tokens, of 32 characters or more";

let folder = "";
let redis: Service | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dewar-migrate-flask-"));
  redis = hasRedis ? await startRedis() : undefined;
});
afterAll(async () => {
  await redis?.stop();
  await rm(folder, { recursive: true });
});

let places = 0;
const newFile = () => join(folder, `${places++}.db`);

async function migrate(args: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await invoke(["migrate", "--from-flask", "--json", "--yes", ...args], { env });
  return { code, stderr, ...(stdout === "" ? {} : JSON.parse(stdout)) };
}

/** A visit with this cookie; the cookie that the visitor has afterwards, and what was found. */
async function visit(
  manager: SessionManager,
  cookie?: string,
  change?: (session: Awaited<ReturnType<SessionManager["open"]>>) => void,
) {
  const session = await manager.open(cookie);
  const found = { subject: session.subject, data: structuredClone(session.data) };
  change?.(session);
  const headers = await manager.commit(session);
  const set = headers.find(([name]) => name === "Set-Cookie")?.[1].split(";")[0];
  return { ...found, cookie: set ?? cookie ?? "" };
}

async function using<T>(options: SessionOptions, use: (manager: SessionManager) => Promise<T>): Promise<T> {
  const manager = createSessionManager(options);
  try {
    return await use(manager);
  } finally {
    await manager.close();
  }
}

const signIn = (manager: SessionManager, user: string) =>
  visit(manager, undefined, (session) => {
    session.login(user);
    Object.assign(session.data, { cart: ["tea"] });
  });

describe("Flask-Session's sessions in SQLite (SQLAlchemy)", () => {
  for (const signed of [false, true]) {
    it(`who has an old cookie, ${signed ? "signed" : "bare"}, is still signed in`, async () => {
      const file = newFile();
      const target = `sqlite:${newFile()}`;
      const config = () => ({
        SESSION_TYPE: "sqlalchemy" as const,
        SESSION_SQLALCHEMY: { sqlite: new DatabaseSync(file) },
        ...(signed && { SESSION_USE_SIGNER: true, SECRET_KEY: "dev" }),
      });
      const env: Record<string, string> = signed ? { FLASK_SESSION_USE_SIGNER: "true", FLASK_SECRET_KEY: "dev" } : {};
      const [ann, bob] = await using(flaskSession(config()), async (flask) => [
        (await signIn(flask, "ann")).cookie,
        (await signIn(flask, "bob")).cookie,
      ]);

      const way = ["--from", `sqlite:${file}`, "--to", target];
      expect(await migrate([...way, "--dry-run"], env)).toMatchObject({ code: 0, seen: 2, copied: 2 });
      expect(await migrate(way, env)).toMatchObject({ code: 0, seen: 2, copied: 2, removed: 0, target: 2 });
      expect(await migrate([...way, "--remove"], env)).toMatchObject({ code: 0, there: 2, removed: 2, target: 2 });
      expect(await migrate(way, env)).toMatchObject({ code: 0, seen: 0, target: 2 });

      // The application as it goes on, in both of the ways that the documentation has.
      const store = await connectStore(target);
      await using(moveFromFlask(config(), { store, secret }), async (manager) => {
        const first = await visit(manager, ann, (session) => void session.data);
        expect(first).toMatchObject({ subject: "ann", data: { cart: ["tea"] } });
        expect(first.cookie).not.toBe(ann);
        expect((await visit(manager, first.cookie)).subject).toBe("ann");
        const left = await visit(manager, bob, (session) => session.logout());
        expect(left.subject).toBe("bob");
        expect((await visit(manager, bob)).subject).toBeUndefined();
        expect(await manager.revokeAll("ann")).toBe(1);
        expect((await visit(manager, first.cookie)).subject).toBeUndefined();
      });
    });
  }

  it("with no wire but Flask's, too: the ids are the hashes of Flask's", async () => {
    const [file, target] = [newFile(), `sqlite:${newFile()}`];
    const config = {
      SESSION_TYPE: "sqlalchemy" as const,
      SESSION_SQLALCHEMY: { sqlite: new DatabaseSync(file) },
    };
    const { cookie } = await using(flaskSession(config), (flask) => signIn(flask, "ann"));
    expect(await migrate(["--from", `sqlite:///${file}`, "--to", target])).toMatchObject({ code: 0, copied: 1 });
    const { wire } = flaskSession(config);
    if (wire === undefined) throw new Error("no wire");
    await using({ store: await connectStore(target), wire }, async (manager) => {
      expect(await visit(manager, cookie)).toMatchObject({ subject: "ann", data: { cart: ["tea"] } });
    });
  });
});

describe.skipIf(!hasRedis)("Flask-Session's sessions in Redis", () => {
  it("that can't be read, or have nothing in them, are counted by reason", async () => {
    const client = await createClient({ url: redis?.url ?? "" }).connect();
    await client.set("odd:class", Buffer.from("cposix\nsystem\n(S'x'\ntR."), { expiration: { type: "EX", value: 60 } });
    await client.set("odd:empty", Buffer.from([0x81, ...Buffer.from("\xaa_permanent\xc3", "latin1")]));
    await client.set("odd:good", '{"_permanent":true,"_user_id":"ann"}');
    client.destroy();
    const found = await migrate(["--from", `${redis?.url}?prefix=odd:`, "--to", `sqlite:${newFile()}`]);
    expect(found).toMatchObject({ code: 3, seen: 3, copied: 1, ended: 1, notMoved: 1, target: 1 });
    expect(Object.keys(found.notMovedBy).join()).toContain("a class of the application's in a pickle");
  });
});

it.skipIf(!hasPostgres)("Flask-Session's sessions in PostgreSQL (SQLAlchemy)", { timeout: 60_000 }, async () => {
  const server = await startPostgres();
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({ connectionString: server.url });
  pool.on("error", () => {});
  const config = {
    SESSION_TYPE: "sqlalchemy" as const,
    SESSION_SQLALCHEMY: { pg: pool },
    SESSION_SQLALCHEMY_TABLE: "flask",
  };
  try {
    const { cookie } = await using(flaskSession(config), (flask) => signIn(flask, "ann"));
    const way = ["--to", server.url, "--remove", "--from"];
    expect(await migrate([...way, `${server.url}?max=2`])).toMatchObject({ code: 1 });
    const url = server.url.replace("postgres:", "postgresql+psycopg2:");
    expect(await migrate([...way, `${url}?table=flask`])).toMatchObject({ code: 0, copied: 1, removed: 1, target: 1 });
    await using(moveFromFlask(config, { store: await connectStore(server.url), secret }), async (manager) => {
      expect(await visit(manager, cookie)).toMatchObject({ subject: "ann", data: { cart: ["tea"] } });
    });
  } finally {
    await pool.end();
    await server.stop();
  }
});

describe.skipIf(!hasRedis || !hasPython)("a Flask application on Redis", () => {
  it("whose visitors go on here", { timeout: 120_000 }, async () => {
    const config = { SECRET_KEY: "dev", SESSION_TYPE: "redis" as const, SESSION_REDIS: `${redis?.url}/1` };
    const app = await startFlask({ version: "0.8", config });
    const jar = new CookieJar();
    await app.run(
      [
        { op: "login", id: "user-42" },
        { op: "set", path: ["cart"], value: ["tea", 2] },
      ],
      jar,
    );
    await app.stop();
    const cookie = jar.header(new URL(`${app.url}/`)) ?? "";

    const env = { FLASK_SESSION_TYPE: "redis", FLASK_SESSION_REDIS: `${redis?.url}/1` };
    const target = `${redis?.url}/1?prefix=shop:`;
    expect(await migrate(["--to", target, "--remove"], env)).toMatchObject({
      code: 0,
      copied: 1,
      removed: 1,
      target: 1,
    });

    const client = await createClient({ url: `${redis?.url}/1` }).connect();
    const moved = moveFromFlask(
      { SESSION_TYPE: "redis", SESSION_REDIS: client },
      { store: await connectStore(target), secret },
    );
    await using(moved, async (manager) => {
      const found = await visit(manager, cookie);
      expect(found.subject).toBe("user-42");
      expect(found.data).toMatchObject({ cart: ["tea", 2] });
    });
    client.destroy();
  });
});

describe("files", () => {
  it("don't tell the ids of their sessions, unless they have no prefix", async () => {
    for (const prefix of ["session:", ""]) {
      const dir = join(folder, `files${prefix.length}`);
      const config = { SESSION_TYPE: "filesystem" as const, SESSION_FILE_DIR: dir, SESSION_KEY_PREFIX: prefix };
      const { cookie } = await using(flaskSession(config), (flask) => signIn(flask, "ann"));
      const target = `sqlite:${newFile()}`;
      const found = await migrate(["--from", `file:${dir}?prefix=${prefix}`, "--to", target]);
      if (prefix !== "") {
        expect(found).toMatchObject({ code: 3, copied: 0, notMoved: 1 });
        expect(Object.keys(found.notMovedBy).join()).toContain("moveFromFlask");
        continue;
      }
      expect(found).toMatchObject({ code: 0, copied: 1 });
      await using(moveFromFlask(config, { store: await connectStore(target), secret }), async (manager) => {
        expect((await visit(manager, cookie)).subject).toBe("ann");
      });
    }
  });

  it("that nobody wrote are an error", async () => {
    await writeFile(join(folder, "none"), "");
    const found = await migrate(["--from", `file:${join(folder, "none")}`, "--to", `sqlite:${newFile()}`]);
    expect(found.code).toBe(1);
  });
});

it.skipIf(!hasRedis)("onto itself is refused, however it is spelled, and nothing is lost", async () => {
  const client = await createClient({ url: `${redis?.url}/2` }).connect();
  const flask = createSessionManager(flaskSession({ SESSION_TYPE: "redis", SESSION_REDIS: client }));
  await signIn(flask, "ann");
  const [from, alias] = [`${redis?.url}/2`, `${redis?.url}/2?prefix=session:`];
  for (const to of [from, alias]) {
    const found = await migrate(["--from", from, "--to", to, "--remove"]);
    expect(found).toMatchObject({ code: 2, stderr: expect.stringContaining("same") });
  }
  expect(await client.dbSize()).toBe(1);
  // As if they were dewar's own: their cookies wouldn't find them any more.
  const plain = await invoke(["migrate", "--json", "--from", from, "--to", `sqlite:${newFile()}`]);
  expect(JSON.parse(plain.stdout)).toMatchObject({ copied: 0, notMoved: 1 });
  await client.set(`session:${"i".repeat(43)}`, '{"_permanent":true,"_user_id":"ann"}');
  const json = await invoke(["migrate", "--json", "--from", from, "--to", `sqlite:${newFile()}`]);
  expect(JSON.parse(json.stdout)).toMatchObject({ copied: 0, notMoved: 2 });
  client.destroy();
});

it("where nothing is, nothing is made by looking", async () => {
  const file = newFile();
  const target = ["--to", `sqlite:${newFile()}`];
  expect(await migrate(["--from", `sqlite:${file}`, ...target])).toMatchObject({ code: 1 });
  expect(existsSync(file)).toBe(false);
  new DatabaseSync(file).close();
  const missing = await migrate(["--from", `sqlite:${file}`, ...target]);
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("no table sessions") });
  const plain = await invoke(["migrate", "--from", `sqlite:${newFile()}`, ...target]);
  expect(plain).toMatchObject({ code: 1, stderr: expect.stringContaining("there is nothing at") });
});

it("what can't be listed, or is in the cookie, is refused with what to do instead", async () => {
  const target = ["--to", `sqlite:${newFile()}`];
  const cookie = await migrate(target, { FLASK_SECRET_KEY: "dev" });
  expect(cookie).toMatchObject({ code: 2 });
  expect(cookie.stderr).toContain("moveFromFlask");
  expect(await migrate([...target, "--from", "oracle://x"])).toMatchObject({ code: 2 });
  expect(await migrate([...target, "--from", "memory:", "--again"])).toMatchObject({ code: 2 });
});
