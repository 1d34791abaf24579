import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { CookieJar } from "../../../src/testing/index.ts";
import { backends, type RunningBackend } from "./backends.ts";
import { type FlaskApp, type FlaskConfig, startFlask } from "./flask-app.ts";
import { type FlaskVersion, hasPython } from "./venv.ts";

// What is compared with Flask must be compared with a Flask that works.

/** Milliseconds: the first start fetches what Python needs. */
const START = 300_000;

// While they run, the process of each version stays: to start one costs half a second.
const idle: FlaskApp[] = [];
beforeAll(async () => {
  if (!hasPython) return;
  for (const version of ["0.8", "0.5"] as const) idle.push(await startFlask({ version, config: {} }));
}, START);
afterAll(async () => {
  for (const app of idle) await app.stop();
});

const SETTINGS: Record<FlaskVersion, FlaskConfig[]> = {
  "0.8": [{}, { SESSION_SERIALIZATION_FORMAT: "json", SESSION_USE_SIGNER: true, SESSION_PERMANENT: false }],
  "0.5": [{}, { SESSION_USE_SIGNER: true, SESSION_PERMANENT: false }],
};

/** Flask-Session 0.5 writes no expiry for a session that isn't permanent, and can't read that again. */
const UNREADABLE: FlaskConfig = { SESSION_PERMANENT: false };
const hasUnreadable = (name: string, version: FlaskVersion) =>
  version === "0.5" && ["mongodb", "sqlite", "postgres", "mariadb"].includes(name);

for (const [name, { available, versions, start }] of Object.entries(backends)) {
  describe.skipIf(!available)(`Flask keeps a session: ${name}`, () => {
    let backend: RunningBackend;
    beforeAll(async () => {
      backend = await start();
    }, START);
    afterAll(() => backend?.stop());

    for (const version of versions) {
      for (const each of SETTINGS[version]) {
        const settings = hasUnreadable(name, version) ? { ...each, SESSION_PERMANENT: true } : each;
        it(`Flask-Session ${version} with ${JSON.stringify(settings)}`, async () => {
          const app = await startApp(version, { ...backend.config, ...settings });
          const jar = new CookieJar();
          await keepsData(app, jar);
          await keepsUser(app, jar);
          await ends(app, jar, { revocable: name !== "cookie" });
        });
      }

      if (hasUnreadable(name, version)) {
        it("Flask-Session 0.5 fails for a session that isn't permanent", async () => {
          const app = await startApp(version, { ...backend.config, ...UNREADABLE });
          const jar = new CookieJar();
          await app.run([{ op: "set", path: ["a"], value: 1 }], jar);
          await expect(app.run([], jar)).rejects.toThrow("answered 500");
        });
      }
    }
  });
}

async function startApp(version: FlaskVersion, config: FlaskConfig): Promise<FlaskApp> {
  const app = await startFlask({ version, config: { SECRET_KEY: "dev", ...config } });
  onTestFinished(() => app.stop());
  return app;
}

async function keepsData(app: FlaskApp, jar: CookieJar): Promise<void> {
  const first = await app.run([{ op: "set", path: ["cart"], value: { n: [1, 2.5] } }], jar);
  expect(first.setCookies).toHaveLength(1);
  expect(first.session).toMatchObject({ cart: { n: [1, 2.5] } });

  await app.run([{ op: "set", path: ["cart", "n", 0], value: "é" }, { op: "modify" }], jar);
  await app.run([{ op: "flash", message: "Saved", category: "info" }], jar);
  await app.run([{ op: "permanent", value: true }], jar);
  const { results, session } = await app.run([{ op: "get", path: ["cart"] }, { op: "flashes" }], jar);
  const [cart, flashes] = results;
  expect(cart).toEqual({ n: ["é", 2.5] });
  expect(JSON.parse(JSON.stringify(flashes))).toEqual([["info", "Saved"]]);
  expect(session).toEqual({ cart, _permanent: true });
}

async function keepsUser(app: FlaskApp, jar: CookieJar): Promise<void> {
  const login = await app.run([{ op: "login", id: "user-42" }, { op: "csrf" }], jar);
  const token = String(login.results[1]);
  const user = await app.run([{ op: "whoami" }, { op: "validate", token }, { op: "validate", token: "no" }], jar);
  const whoami = { id: "user-42", authenticated: true, fresh: true };
  expect(user.results).toEqual([whoami, null, "The CSRF token is invalid."]);
  expect(user.session).toMatchObject({ _user_id: "user-42", _fresh: true, csrf_token: expect.any(String) });

  await app.run([{ op: "logout" }], jar);
  // Flask-Login marks every session that has anything but no user as not fresh, as soon as it is asked who that is.
  const anonymous = await app.run([{ op: "whoami" }], jar);
  expect(anonymous.results).toEqual([{ id: null, authenticated: false, fresh: false }]);
  expect(Object.keys(anonymous.session).sort()).toEqual(["_fresh", "_permanent", "cart", "csrf_token"]);
}

async function ends(app: FlaskApp, jar: CookieJar, { revocable }: { revocable: boolean }): Promise<void> {
  const thief = jar.clone();
  await app.run([{ op: "clear" }], jar);
  expect((await app.run([], jar)).session).not.toHaveProperty("cart");
  // What travels in the cookie can't be taken back.
  const { session } = await app.run([], thief);
  expect("cart" in session).toBe(!revocable);
}

describe.skipIf(!hasPython)("Flask-Login", () => {
  const identify = (address: string, agent: string) =>
    createHash("sha512").update(`b'${address}'|${agent}`).digest("hex");

  it.each<FlaskVersion>(["0.8", "0.5"])("identifies a browser as Python prints bytes, %s", async (version) => {
    const app = await startApp(version, {});
    const idWith = async (headers: Record<string, string>) =>
      (await app.run([{ op: "login", id: "user-42" }], new CookieJar(), headers)).session["_id"];

    expect(await idWith({ "user-agent": "Mozilla/5.0 (X11)" })).toBe(identify("127.0.0.1", "b'Mozilla/5.0 (X11)'"));
    expect(await idWith({ "user-agent": "it's" })).toBe(identify("127.0.0.1", `b"it's"`));
    expect(await idWith({ "user-agent": `it's "\\` })).toBe(identify("127.0.0.1", `b'it\\'s "\\\\'`));
    expect(await idWith({ "user-agent": "a\tb" })).toBe(identify("127.0.0.1", "b'a\\tb'"));
    // A byte above 127 is a character of Latin-1 to WSGI, and UTF-8 in what is hashed.
    expect(await idWith({ "user-agent": "é" })).toBe(identify("127.0.0.1", "b'\\xc3\\xa9'"));
    expect(await idWith({ "user-agent": "a", "x-forwarded-for": " 10.0.0.1 , 10.0.0.2" })).toBe(
      identify("10.0.0.1", "b'a'"),
    );
  });

  it("takes a user for stale who comes back as another browser", async () => {
    const app = await startApp("0.8", {});
    const jar = new CookieJar();
    await app.run([{ op: "login", id: "user-42" }], jar, { "user-agent": "one" });
    const { results, session } = await app.run([{ op: "whoami" }], jar, { "user-agent": "other" });
    expect(results).toEqual([{ id: "user-42", authenticated: true, fresh: false }]);
    expect(session).toMatchObject({ _fresh: false });
  });
});

describe.skipIf(!hasPython)("applications of one process", () => {
  it("know nothing of each other", async () => {
    const one = await startApp("0.8", { SECRET_KEY: "one" });
    const two = await startApp("0.8", { SECRET_KEY: "two", FLASK_LOGIN: false });
    const jar = new CookieJar();
    await one.run([{ op: "set", path: ["a"], value: 1 }], jar);
    expect((await two.run([], jar)).session).toEqual({});
    expect((await one.run([], jar)).session).toEqual({ a: 1 });
  });

  it("say what is wrong with their configuration", async () => {
    const start = startApp("0.8", { SESSION_TYPE: "redis", SESSION_SERIALIZATION_FORMAT: "xml" });
    await expect(start).rejects.toThrow("Unsupported serialization format: xml");
  });

  it("answer a failing step with an error, and go on", async () => {
    const app = await startApp("0.8", {});
    await expect(app.run([{ op: "get", path: ["missing"] }], new CookieJar())).rejects.toThrow("500");
    expect((await app.run([], new CookieJar())).session).toEqual({});
  });
});
