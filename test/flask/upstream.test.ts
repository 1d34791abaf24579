import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { sessions } from "../../src/adapters/fetch.ts";
import { type FlaskConfig, flaskSession, Markup, readValue, Tuple, Uuid } from "../../src/flask/index.ts";
import { getSession, session } from "../../src/index.ts";
import { CookieJar, createClient, settableClock } from "../../src/testing/index.ts";
import { type BackendName, backends } from "./lib/backends.ts";
import { type OurApp, startOurs } from "./together/our-app.ts";
import { START, usePlaces } from "./together/places.ts";
import { storedBytes } from "./together/stored-bytes.ts";
import type { Place } from "./together/together.ts";
import { get, set } from "./together/walk.ts";

// What Flask-Session and Flask test of their sessions, on our side.

describe("Flask-Session's own tests", () => {
  const places = usePlaces();
  const types = (Object.keys(backends) as BackendName[]).filter((name) => name !== "cookie");

  it("refuse the type that isn't one", () => {
    expect(() => flaskSession({ SESSION_TYPE: "null" as "redis" })).toThrow(TypeError);
  });

  for (const name of types) describe.skipIf(!backends[name].available)(name, () => storeTests(name, places));
});

function storeTests(name: BackendName, places: ReadonlyMap<BackendName, Place>): void {
  const jar = new CookieJar();
  let ours: OurApp;
  beforeAll(async () => {
    const { config } = (places.get(name) as Place).ours;
    const settings: FlaskConfig = { SESSION_SERIALIZATION_FORMAT: "json", SESSION_PERMANENT: false };
    const options = flaskSession({ ...config, ...settings });
    // Elsewhere it is Flask who makes the table.
    await options.store?.setup?.();
    ours = await startOurs("express", options);
  }, START);
  afterAll(() => ours?.stop());

  it("begins empty", async () => {
    const { results } = await ours.run([{ op: "has", key: "value" }], jar);
    expect(results).toEqual([false]);
  });

  it("has no Vary where the session isn't used, and else one", async () => {
    expect((await ours.run([], jar)).headers.get("vary")).toBeNull();
    expect((await ours.run([{ op: "has", key: "value" }], jar)).headers.get("vary")).toBe("Cookie");
  });

  it("sets, modifies and deletes", async () => {
    await ours.run(set({ value: "42" }), jar);
    expect((await ours.run(get("value"), jar)).results).toEqual(["42"]);
    await ours.run(set({ value: "43" }), jar);
    expect((await ours.run(get("value"), jar)).results).toEqual(["43"]);
    await ours.run([{ op: "delete", path: ["value"] }], jar);
    expect((await ours.run([{ op: "has", key: "value" }], jar)).results).toEqual([false]);
  });

  it("stores it under the id in the cookie", async () => {
    const { setCookies } = await ours.run(set({ value: "44" }), jar);
    const [, id = ""] = /^session=([^;]*)/.exec(setCookies.join()) ?? [];
    const bytes = await storedBytes(name, (places.get(name) as Place).ours.config, `session:${id}`);
    expect(readValue(bytes)).toEqual({ value: "44" });
  });
}

describe("Flask's own tests", () => {
  type Handler = () => unknown;
  const data = () => session as Record<string, unknown>;

  /** A browser at an application whose handler is named by the request's path. */
  function visit(config: FlaskConfig, handlers: Record<string, Handler>, headers: Record<string, string> = {}) {
    const withSession = sessions(flaskSession({ SECRET_KEY: "dev", ...config }));
    const answer = withSession(async (request) => {
      const result = handlers[new URL(request.url).pathname.slice(1)]?.();
      return Response.json(result ?? null, { headers });
    });
    return createClient("http://localhost", { fetch: (url, init) => answer(new Request(url, init)) });
  }

  it("session_accessed: what isn't asked for doesn't vary; what is read isn't set", async () => {
    const browser = visit({}, { nop: () => {}, set: () => Object.assign(session, { value: "42" }), get: () => data() });
    const varies = async (path: string) => [(await browser.fetch(path)).headers.get("vary"), browser.setCookies.length];
    expect(await varies("/nop")).toEqual([null, 0]);
    expect(await varies("/set")).toEqual(["Cookie", 1]);
    expect(await varies("/get")).toEqual(["Cookie", 0]);
    expect(await varies("/nop")).toEqual([null, 0]);
  });

  it.each<[string, FlaskConfig, RegExp]>([
    ["session_path", { APPLICATION_ROOT: "/foo" }, /^session=[^;]+; HttpOnly; Path=\/foo$/],
    ["session_path, which counts more", { APPLICATION_ROOT: "/foo", SESSION_COOKIE_PATH: "/bar" }, /; Path=\/bar$/],
    [
      "session_using_session_settings",
      {
        SESSION_COOKIE_DOMAIN: ".example.com",
        SESSION_COOKIE_HTTPONLY: false,
        SESSION_COOKIE_SECURE: true,
        SESSION_COOKIE_PARTITIONED: true,
        SESSION_COOKIE_SAMESITE: "Lax",
        SESSION_COOKIE_PATH: "/",
      },
      /^session=[^;]+; Domain=example\.com; Secure; Path=\/; SameSite=Lax; Partitioned$/,
    ],
    ["session_using_samesite_attribute, none", {}, /^(?!.*SameSite)/],
    ["session_using_samesite_attribute, Strict", { SESSION_COOKIE_SAMESITE: "Strict" }, /; SameSite=Strict$/],
    ["session_using_samesite_attribute, Lax", { SESSION_COOKIE_SAMESITE: "Lax" }, /; SameSite=Lax$/],
  ])("%s", async (_, config, line) => {
    const browser = visit(config, { set: () => Object.assign(session, { a: 1 }) });
    await browser.fetch("/set");
    expect(browser.setCookies.join("\n")).toMatch(line);
  });

  it("session_using_samesite_attribute, another", () => {
    expect(() => flaskSession({ SECRET_KEY: "dev", SESSION_COOKIE_SAMESITE: "invalid" as "Lax" })).toThrow(TypeError);
  });

  it("missing_session: there is none without a key", () => {
    expect(() => flaskSession({})).toThrow(/^SECRET_KEY: /);
  });

  it("session_secret_key_fallbacks: a key that moved into them still reads", async () => {
    const handlers = { set: () => Object.assign(session, { a: 1 }), get: () => ({ ...session }) };
    const first = visit({ SECRET_KEY: "0" }, handlers);
    await first.fetch("/set");
    const cookie = first.cookieHeader() ?? "";
    const read = (config: FlaskConfig) => visit(config, handlers).json("/get", { headers: { cookie } });
    expect(await read({ SECRET_KEY: "new key" })).toEqual({});
    expect(await read({ SECRET_KEY: "new key", SECRET_KEY_FALLBACKS: ["0"] })).toEqual({ a: 1 });
  });

  it("session_expiration: now and the lifetime if it is permanent, else none", async () => {
    const clock = settableClock(new Date("2026-01-01T00:00:00Z"));
    onTestFinished(() => clock.restore());
    const write = (permanent: boolean) => () => {
      getSession().permanent = permanent;
      data()["test"] = permanent;
    };
    const browser = visit({}, { yes: write(true), no: write(false) });
    await browser.fetch("/yes");
    expect(browser.setCookies.join()).toContain("; Expires=Sun, 01 Feb 2026 00:00:00 GMT;");
    await browser.fetch("/no");
    expect(browser.setCookies.join()).toMatch(/^session=[^;]+; HttpOnly; Path=\/$/);
  });

  it("session_special_types: each comes back as it was", async () => {
    const values = {
      t: Tuple.of(1, 2, 3),
      u: new Uuid("0b0e3f6c-2c43-4a7e-9d11-5a3f6f0c7a51"),
      b: Uint8Array.of(255),
      m: new Markup("Hello!"),
      dt: new Date("2024-02-29T12:34:56Z"),
      di: { " t": "not a tuple" },
      l: [Tuple.of("a"), Uint8Array.of(1)],
    };
    let seen: unknown;
    const look = () => {
      seen = { ...session };
    };
    const browser = visit({}, { set: () => Object.assign(session, values), get: look });
    await browser.fetch("/set");
    await browser.fetch("/get");
    expect(seen).toStrictEqual(values);
  });

  it.each<[string, unknown]>([
    ["a dict that looks like a tuple", { " t": Tuple.of(1, 2) }],
    ["one that looks like an escape", { " t__": Uint8Array.of(97) }],
    ["one that looks like a dict of that kind", { " di": " di" }],
    ["both, nested", { x: Tuple.of(1, 2, 3), y: 4, z: [{ " b": [Tuple.of(new Markup("<b>"))] }] }],
  ])("test_json_tag, test_dump_load_unchanged: %s", async (_, value) => {
    let seen: unknown;
    const look = () => {
      seen = data()["value"];
    };
    const browser = visit({}, { set: () => Object.assign(session, { value }), get: look });
    await browser.fetch("/set");
    await browser.fetch("/get");
    expect(seen).toStrictEqual(value);
  });

  it.each([
    [true, true, true],
    [true, false, false],
    [false, true, false],
    [false, false, false],
  ])("session_cookie_setting: permanent %s and refresh %s: set by a read %s", async (permanent, refresh, isSet) => {
    const bump = () => {
      data()["baz"] = 1;
      getSession().permanent = permanent;
    };
    const browser = visit({ SESSION_REFRESH_EACH_REQUEST: refresh }, { bump, read: () => data()["baz"] });
    await browser.fetch("/bump");
    expect(browser.setCookies).toHaveLength(1);
    expect(await browser.json("/read")).toBe(1);
    expect(browser.setCookies).toHaveLength(isSet ? 1 : 0);
  });

  it("session_vary_cookie: once, beside what the application has, however it is used", async () => {
    const handlers: Record<string, Handler> = {
      set: () => Object.assign(session, { test: "test" }),
      get: () => data()["test"],
      has: () => "test" in session,
      setdefault: () => {
        data()["test"] ??= "default";
      },
      clear: () => getSession().clear(),
      "no-vary-header": () => {},
    };
    const vary = async (path: string, headers = {}) =>
      (await visit({}, handlers, headers).fetch(path)).headers.get("vary");
    for (const path of ["/get", "/set", "/has", "/setdefault", "/clear"]) expect(await vary(path), path).toBe("Cookie");
    expect(await vary("/no-vary-header")).toBeNull();
    expect(await vary("/get", { vary: "Accept-Encoding, Accept-Language" })).toBe(
      "Accept-Encoding, Accept-Language, Cookie",
    );
    expect(await vary("/get", { vary: "cookie" })).toBe("cookie");
  });

  it("session_refresh_vary: a refresh varies", async () => {
    const login = () => {
      data()["user_id"] = 1;
      getSession().permanent = true;
    };
    const browser = visit({}, { login, ignored: () => {} });
    expect((await browser.fetch("/login")).headers.get("vary")).toBe("Cookie");
    expect((await browser.fetch("/ignored")).headers.get("vary")).toBe("Cookie");
  });

  it("flashes: all, by category, and once", async () => {
    const flash = () => {
      getSession().flash("Hello World");
      getSession().flash("Hello World", "error");
      getSession().flash(new Markup("<em>Testing</em>"), "warning");
    };
    let seen: unknown;
    const read = (category?: string) => () => {
      seen = getSession().flashes(category === undefined ? {} : { category });
    };
    const browser = visit({}, { flash, warnings: read("warning"), all: read() });
    await browser.fetch("/flash");
    await browser.fetch("/warnings");
    expect(seen).toEqual([{ category: "warning", message: new Markup("<em>Testing</em>") }]);
    await browser.fetch("/all");
    expect(seen).toEqual([
      { category: "message", message: "Hello World" },
      { category: "error", message: "Hello World" },
    ]);
    await browser.fetch("/all");
    expect(seen).toEqual([]);
  });

  it("max_cookie_size: what no browser keeps is an error, where Flask warns", async () => {
    const browser = visit({}, { fat: () => Object.assign(session, { a: noise(5000) }) });
    const response = await browser.fetch("/fat");
    expect([response.status, browser.setCookies]).toEqual([500, []]);
  });
});

/** Text that doesn't compress well. */
function noise(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return String.fromCharCode(33 + ((state >>> 16) % 90));
  }).join("");
}
