import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import { type FlaskConfig, flaskSession } from "../../src/flask/index.ts";
import { createSessionManager } from "../../src/index.ts";

// Never connected: no test here asks it anything.
const redis = new Redis({ lazyConnect: true });
const REDIS: FlaskConfig = { SESSION_TYPE: "redis", SESSION_REDIS: redis };

/** What someone without types may write. */
function refused(config: object): () => unknown {
  return () => flaskSession(config as FlaskConfig);
}

describe("defaults", () => {
  it("are Flask's, for its own cookie", () => {
    const { store, ...options } = flaskSession({ SECRET_KEY: "dev" });
    expect(store).toBeUndefined();
    expect(options).toMatchObject({ lifetime: 2_678_400, idleTimeout: 2_678_400, permanent: false, hashIds: false });
    expect(cookieOf({ SECRET_KEY: "dev" })).toBe("session=v; HttpOnly; Path=/");
  });

  it("are Flask-Session's, with a type", () => {
    const { wire, ...options } = flaskSession(REDIS);
    expect(options).toMatchObject({ lifetime: 2_678_400, permanent: true, hashIds: false });
    expect(options.store).toBeDefined();
    expect(wire).toMatchObject({ carries: "token", verifies: false, sliding: true });
    expect(tokenOf(REDIS)).toMatch(/^[\w-]{43}$/);
  });

  it("make options that a manager takes", () => {
    expect(() => createSessionManager(flaskSession({ SECRET_KEY: "dev" }))).not.toThrow();
    expect(() => createSessionManager(flaskSession(REDIS))).not.toThrow();
  });
});

describe("meanings", () => {
  it.each<[config: FlaskConfig, cookie: string]>([
    [{ SESSION_COOKIE_NAME: "sid" }, "sid=v; HttpOnly; Path=/"],
    [{ SESSION_COOKIE_DOMAIN: ".example.com:80" }, "session=v; Domain=example.com; HttpOnly; Path=/"],
    [{ SESSION_COOKIE_PATH: "/shop", APPLICATION_ROOT: "/app" }, "session=v; HttpOnly; Path=/shop"],
    [{ APPLICATION_ROOT: "/app" }, "session=v; HttpOnly; Path=/app"],
    [{ SESSION_COOKIE_HTTPONLY: false }, "session=v; Path=/"],
    [{ SESSION_COOKIE_SECURE: true }, "session=v; Secure; HttpOnly; Path=/"],
    [{ SESSION_COOKIE_SAMESITE: "Lax" }, "session=v; HttpOnly; Path=/; SameSite=Lax"],
    [{ SESSION_COOKIE_PARTITIONED: true }, "session=v; Secure; HttpOnly; Path=/; Partitioned"],
  ])("%j", (config, cookie) => {
    expect(cookieOf({ SECRET_KEY: "dev", ...config })).toBe(cookie);
  });

  it("Flask-Session knows no Partitioned", () => {
    expect(cookieOf({ ...REDIS, SESSION_COOKIE_PARTITIONED: true })).toBe("session=v; HttpOnly; Path=/");
  });

  it("a type is read in any case, and null is none", () => {
    expect(flaskSession({ ...REDIS, SESSION_TYPE: "REDIS" as "redis" }).store).toBeDefined();
    expect(flaskSession({ SECRET_KEY: "dev", SESSION_TYPE: null }).store).toBeUndefined();
  });

  it("the length of ids, and that of Flask-Session 0.5", () => {
    expect(tokenOf({ ...REDIS, SESSION_ID_LENGTH: 16 })).toMatch(/^[\w-]{22}$/);
    expect(tokenOf({ ...REDIS, version: "0.5" })).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it("the signer verifies ids", () => {
    expect(flaskSession({ ...REDIS, SESSION_USE_SIGNER: true, SECRET_KEY: "dev" }).wire).toMatchObject({
      verifies: true,
    });
  });

  it("only without refresh is the end not put off", () => {
    expect(flaskSession({ ...REDIS, SESSION_REFRESH_EACH_REQUEST: false }).wire).toMatchObject({ sliding: false });
  });

  it("lifetime and permanence", () => {
    const options = flaskSession({ ...REDIS, PERMANENT_SESSION_LIFETIME: 60, SESSION_PERMANENT: false });
    expect(options).toMatchObject({ lifetime: 60, idleTimeout: 60, permanent: false });
  });

  it.each<[config: FlaskConfig, first: number]>([
    [{}, 0x81],
    [{ SESSION_SERIALIZATION_FORMAT: "json" }, 0x7b],
    [{ version: "0.5" }, 0x80],
  ])("the format of %j", (config, first) => {
    const codec = flaskSession({ ...REDIS, ...config }).codec;
    expect(codec?.encode({ data: { a: 1 }, permanent: false })[0]).toBe(first);
  });

  it("files are pickled whatever the format", () => {
    const codec = flaskSession({ SESSION_TYPE: "filesystem", SESSION_SERIALIZATION_FORMAT: "json" }).codec;
    expect([...(codec?.encode({ data: { a: 1 }, permanent: false }).subarray(0, 2) ?? [])]).toEqual([0x80, 5]);
  });

  it("Flask's other keys are passed over", () => {
    const config = { SECRET_KEY: "dev", DEBUG: true, MAX_CONTENT_LENGTH: 1 };
    expect(refused(config)).not.toThrow();
  });
});

describe("refuses, naming the key,", () => {
  it.each<[key: string, config: object]>([
    ["SECRET_KEY", {}],
    ["SECRET_KEY", { SECRET_KEY: "" }],
    ["SECRET_KEY", { SECRET_KEY: 5 }],
    ["SECRET_KEY", { ...REDIS, SESSION_USE_SIGNER: true }],
    ["SECRET_KEY_FALLBACKS", { SECRET_KEY: "dev", SECRET_KEY_FALLBACKS: "older" }],
    ["SECRET_KEY_FALLBACKS[1]", { SECRET_KEY: "dev", SECRET_KEY_FALLBACKS: ["a", ""] }],
    ["PERMANENT_SESSION_LIFETIME", { SECRET_KEY: "dev", PERMANENT_SESSION_LIFETIME: 0 }],
    ["PERMANENT_SESSION_LIFETIME", { SECRET_KEY: "dev", PERMANENT_SESSION_LIFETIME: 1.5 }],
    ["PERMANENT_SESSION_LIFETIME", { SECRET_KEY: "dev", PERMANENT_SESSION_LIFETIME: "60" }],
    ["SESSION_REFRESH_EACH_REQUEST", { SECRET_KEY: "dev", SESSION_REFRESH_EACH_REQUEST: "no" }],
    ["SESSION_TYPE", { SESSION_TYPE: "rediss" }],
    ["SESSION_PERMANENT", { ...REDIS, SESSION_PERMANENT: 1 }],
    ["SESSION_USE_SIGNER", { ...REDIS, SESSION_USE_SIGNER: "yes" }],
    ["SESSION_KEY_PREFIX", { ...REDIS, SESSION_KEY_PREFIX: 5 }],
    ["SESSION_ID_LENGTH", { ...REDIS, SESSION_ID_LENGTH: 15 }],
    ["SESSION_ID_LENGTH", { ...REDIS, SESSION_ID_LENGTH: 129 }],
    ["SESSION_SERIALIZATION_FORMAT", { ...REDIS, SESSION_SERIALIZATION_FORMAT: "pickle" }],
    ["version", { ...REDIS, version: "0.9" }],
    ["SESSION_CACHELIB", { SESSION_TYPE: "cachelib", SESSION_CACHELIB: "folder" }],
    [
      "SESSION_CLEANUP_N_REQUESTS",
      {
        SESSION_TYPE: "sqlalchemy",
        SESSION_SQLALCHEMY: { pg: { query: async () => ({}), connect: async () => ({}) } },
        SESSION_CLEANUP_N_REQUESTS: 0,
      },
    ],
    ["SESSION_COOKIE_NAME", { SECRET_KEY: "dev", SESSION_COOKIE_NAME: "a b" }],
    ["SESSION_COOKIE_DOMAIN", { SECRET_KEY: "dev", SESSION_COOKIE_DOMAIN: "a;b" }],
    ["SESSION_COOKIE_PATH", { SECRET_KEY: "dev", SESSION_COOKIE_PATH: "/a;b" }],
    ["APPLICATION_ROOT", { SECRET_KEY: "dev", APPLICATION_ROOT: "shop" }],
    ["SESSION_COOKIE_HTTPONLY", { SECRET_KEY: "dev", SESSION_COOKIE_HTTPONLY: 1 }],
    ["SESSION_COOKIE_SECURE", { SECRET_KEY: "dev", SESSION_COOKIE_SECURE: "true" }],
    ["SESSION_COOKIE_PARTITIONED", { SECRET_KEY: "dev", SESSION_COOKIE_PARTITIONED: 0 }],
    ["SESSION_COOKIE_SAMESITE", { SECRET_KEY: "dev", SESSION_COOKIE_SAMESITE: "lax" }],
  ])("%s of %o", (key, config) => {
    expect(refused(config)).toThrow(TypeError);
    expect(refused(config)).toThrow(`${key}:`);
  });

  it.each([
    ["redis", "SESSION_REDIS"],
    ["memcached", "SESSION_MEMCACHED"],
    ["mongodb", "SESSION_MONGODB"],
    ["sqlalchemy", "SESSION_SQLALCHEMY"],
    ["dynamodb", "SESSION_DYNAMODB"],
    ["postgresql", "SESSION_POSTGRESQL"],
  ])("a missing client of %s", (type, key) => {
    expect(refused({ SESSION_TYPE: type })).toThrow(TypeError);
    expect(refused({ SESSION_TYPE: type })).toThrow(`${key}: needed with SESSION_TYPE "${type}"`);
  });

  it.each([
    ["SESSION_COOKIE_SAME_SITE", "SESSION_COOKIE_SAMESITE"],
    ["SESSION_REDDIS", "SESSION_REDIS"],
    ["SESSION_KEYPREFIX", "SESSION_KEY_PREFIX"],
    ["session_type", "SESSION_TYPE"],
  ])("%s, which doesn't exist, with a suggestion", (key, suggestion) => {
    const config = { SECRET_KEY: "dev", [key]: "x" };
    expect(refused(config)).toThrow(TypeError);
    expect(refused(config)).toThrow(`${key}: there is no such key; did you mean ${suggestion}?`);
  });

  it("Flask-Session's keys without a type", () => {
    expect(refused({ SECRET_KEY: "dev", SESSION_REDIS: redis })).toThrow("SESSION_TYPE: needed with SESSION_REDIS");
  });

  it.each([[null], ["redis"], [undefined]])("what isn't an object: %o", (config) => {
    expect(() => flaskSession(config as unknown as FlaskConfig)).toThrow(TypeError);
  });

  it("never a secret in its words", () => {
    const config = { SECRET_KEY: "dev", SECRET_KEY_FALLBACKS: "hunter2" };
    expect(refused(config)).toThrow(/^(?!.*hunter2)/);
  });
});

interface Shown {
  cookie: { set(value: string, overTls: boolean): string };
  mint(): string;
}

function shownBy(config: FlaskConfig): Shown {
  return flaskSession(config).wire as unknown as Shown;
}

function cookieOf(config: FlaskConfig): string {
  return shownBy(config).cookie.set("v", false);
}

function tokenOf(config: FlaskConfig): string {
  return shownBy(config).mint();
}
