import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { hasRedis, startRedis } from "../../scripts/services/redis.ts";
import type { TokenWire } from "../../src/core/wire.ts";
import { flaskSession } from "../../src/flask/index.ts";
import { createSessionManager } from "../../src/index.ts";

type Environment = Record<string, string | undefined>;

/** Logs in by the configuration of `env`, and reads that by another manager of the same. */
async function loginTwice(env: Environment): Promise<string | undefined> {
  const writer = createSessionManager(await flaskSession.fromEnv(env));
  const session = await writer.open(undefined);
  session.login("alice");
  const headers = await writer.commit(session);
  const cookie = headers.find(([name]) => name.toLowerCase() === "set-cookie")?.[1].split(";")[0];
  await writer.close();
  const reader = createSessionManager(await flaskSession.fromEnv(env));
  onTestFinished(() => reader.close());
  return (await reader.open(cookie)).subject;
}

it("without a type: Flask's cookie", async () => {
  expect(await loginTwice({ FLASK_SECRET_KEY: "dev", SECRET_KEY: "not ours", PATH: "/bin" })).toBe("alice");
});

it("reads values as Flask does: JSON where it is that, else text", async () => {
  const options = await flaskSession.fromEnv({
    FLASK_SECRET_KEY: "dev",
    FLASK_SECRET_KEY_FALLBACKS: '["older"]',
    FLASK_PERMANENT_SESSION_LIFETIME: "60",
    FLASK_SESSION_COOKIE_SECURE: "true",
    FLASK_SESSION_COOKIE_SAMESITE: "Lax",
    FLASK_SESSION_TYPE: undefined,
  });
  expect(options.lifetime).toBe(60);
});

it("a SQLite file, by the key of Flask-SQLAlchemy", async () => {
  const folder = await mkdtemp(join(tmpdir(), "dewar-env-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const env = {
    FLASK_SESSION_TYPE: "sqlalchemy",
    FLASK_SQLALCHEMY_DATABASE_URI: `sqlite:///${join(folder, "shop.db")}`,
  };
  expect(await loginTwice(env)).toBe("alice");
});

it("files, which need no URL", async () => {
  const folder = await mkdtemp(join(tmpdir(), "dewar-env-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  expect(await loginTwice({ FLASK_SESSION_TYPE: "filesystem", FLASK_SESSION_FILE_DIR: folder })).toBe("alice");
});

it.skipIf(!hasRedis)("a Redis server", async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const env = { FLASK_SESSION_TYPE: "redis", FLASK_SESSION_REDIS: redis.url, FLASK_SESSION_KEY_PREFIX: "shop:" };
  expect(await loginTwice(env)).toBe("alice");
});

const PASSWORD = "hunter2";

describe("refuses, naming the key and never a password,", () => {
  it.each<[key: string, env: Environment]>([
    ["SECRET_KEY", {}],
    ["SECRET_KEY_FALLBACKS", { FLASK_SECRET_KEY: "dev", FLASK_SECRET_KEY_FALLBACKS: PASSWORD }],
    ["SESSION_TYPE", { FLASK_SESSION_TYPE: "oracle" }],
    ["SESSION_REDIS", { FLASK_SESSION_TYPE: "redis" }],
    ["SESSION_REDIS", { FLASK_SESSION_TYPE: "redis", FLASK_SESSION_REDIS: "5" }],
    ["SESSION_REDIS", { FLASK_SESSION_TYPE: "redis", FLASK_SESSION_REDIS: `mongodb://a:${PASSWORD}@localhost` }],
    ["SESSION_MONGODB", { FLASK_SESSION_TYPE: "mongodb", FLASK_SESSION_MONGODB: `redis://:${PASSWORD}@localhost` }],
    ["SESSION_SQLALCHEMY", { FLASK_SESSION_TYPE: "sqlalchemy" }],
    ["SESSION_SQLALCHEMY", { FLASK_SESSION_TYPE: "sqlalchemy", FLASK_SQLALCHEMY_DATABASE_URI: "oracle://localhost" }],
    ["SESSION_DYNAMODB", { FLASK_SESSION_TYPE: "dynamodb" }],
    // Before it connects: nobody listens there.
    [
      "SESSION_PERMANENT",
      {
        FLASK_SESSION_TYPE: "redis",
        FLASK_SESSION_REDIS: `redis://:${PASSWORD}@127.0.0.1:1`,
        FLASK_SESSION_PERMANENT: "maybe",
      },
    ],
    ["SESSION_REDISS", { FLASK_SESSION_TYPE: "redis", FLASK_SESSION_REDISS: `redis://:${PASSWORD}@localhost` }],
  ])("%s of %o", async (key, env) => {
    const error = await failureOf(env);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain(`${key}:`);
    expect(error.message).not.toContain(PASSWORD);
  });

  it("what isn't a URL", async () => {
    const error = await failureOf({ FLASK_SESSION_TYPE: "redis", FLASK_SESSION_REDIS: `:${PASSWORD}@localhost` });
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(/^SESSION_REDIS: /);
    expect(error.message).not.toContain(PASSWORD);
  });
});

it("takes a version as it is written, though JSON would make a number of it", async () => {
  const { wire } = await flaskSession.fromEnv({ FLASK_SESSION_TYPE: "filesystem", FLASK_version: "0.5" });
  expect((wire as TokenWire).mint()).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

it("says that a server can't be reached, without its password", async () => {
  const url = `redis://:${PASSWORD}@127.0.0.1:1`;
  const error = await failureOf({ FLASK_SESSION_TYPE: "redis", FLASK_SESSION_REDIS: url });
  expect(error.message).toContain("127.0.0.1:1");
  expect(JSON.stringify([error.message, error.stack, String(error.cause)])).not.toContain(PASSWORD);
});

function failureOf(env: Environment): Promise<Error> {
  return flaskSession.fromEnv(env).then(
    () => {
      throw new Error("It was taken.");
    },
    (error: Error) => error,
  );
}
