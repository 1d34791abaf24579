import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { resolveOptions } from "../../src/core/options.ts";
import { sealedWire } from "../../src/core/sealed-wire.ts";
import { tokenWire } from "../../src/core/token-wire.ts";
import { flaskSession } from "../../src/flask/index.ts";
import { createSessionManager, type SessionOptions } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { SECRET } from "./lib/stores.ts";

const store = memoryStore();
const DURATIONS = [
  0,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1e12,
  "",
  "14",
  "14 d",
  "-1d",
  "1w",
  "0s",
  "1e3s",
  "d",
  " 1d",
  true,
  {},
  [],
];
const FLAGS = [0, 1, "true", "", {}];

/** Several wrong values of each option; the rest of the options is right. */
const WRONG: { [K in keyof SessionOptions]-?: unknown[] } = {
  store: [null, 7, "redis://localhost", {}, { read() {} }, memoryStore, Promise.resolve(store)],
  secret: [
    "",
    "short",
    "x".repeat(31),
    7,
    null,
    {},
    [],
    [""],
    [SECRET, "short"],
    [SECRET, undefined],
    Buffer.from(SECRET),
  ],
  lifetime: DURATIONS,
  idleTimeout: DURATIONS,
  permanent: FLAGS,
  cookie: ["session", 7, null, true],
  hashIds: FLAGS,
  codec: [null, {}, "json", { encode() {} }, { decode() {} }],
  lazy: FLAGS,
  onConflict: ["", "last", "Merge", true, {}],
  onStoreError: ["", "ignore", "Throw", true, {}],
  storeTimeout: [...DURATIONS, "2d"],
  maxBytes: [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "64", null],
  onEvent: [null, {}, "log", true],
  device: [0, 1, "true", null, {}, [], { address: "short" }, { address: true }],
  wire: [null, [], {}, "token", [tokenWire("s", []), null], sealedWire("s", [SECRET])],
};
const CASES = Object.entries(WRONG).flatMap(([option, values]) => values.map((value) => [option, value] as const));

describe("a wrong option", () => {
  it.each(CASES)("%s: %o is a TypeError that names it", (option, value) => {
    const attempt = () => createSessionManager({ store, [option]: value } as SessionOptions);
    expect(attempt).toThrow(TypeError);
    expect(attempt).toThrow(new RegExp(`^${option}: `));
  });

  it.each(["lifetime", "idleTimeout", "permanent", "hashIds", "lazy", "onConflict", "onStoreError", "storeTimeout"])(
    "%s: null is no default",
    (option) => {
      const attempt = () => createSessionManager({ store, [option]: null } as unknown as SessionOptions);
      expect(attempt).toThrow(new RegExp(`^${option}: `));
    },
  );

  it("puts no secret into its message", () => {
    const attempt = () => createSessionManager({ store, secret: [SECRET, "hunter2"] });
    expect(attempt).toThrow(/^secret: /);
    expect(attempt).not.toThrow(/hunter2|0123456789/);
  });

  it.each(["name", "ttl", "saveUninitialized", "Store", "toString", "__proto__x"])("%s is no option", (option) => {
    const attempt = () => createSessionManager({ store, [option]: 1 } as SessionOptions);
    expect(attempt).toThrow(TypeError);
    expect(attempt).toThrow(`${option}: no such option`);
  });

  it.each([
    ["stoer", /did you mean store\? \(there are store, secret, /],
    ["idletimeout", /did you mean idleTimeout\?/],
    ["resave", /leave it out: what changed is stored/],
    ["maxAge", /idleTimeout and lifetime say how long/],
    ["banana", /no such option; there are store, /],
  ])("%s: says what was meant", (option, message) => {
    expect(() => createSessionManager({ store, [option]: 1 } as SessionOptions)).toThrow(message);
  });

  it("an attribute of the cookie that elsewhere says how long: says what does here", () => {
    const attempt = () => createSessionManager({ store, cookie: { maxAge: 3600 } } as SessionOptions);
    expect(attempt).toThrow(/^cookie\.maxAge: no such option; idleTimeout and lifetime .*there are name, path/);
  });

  it.each([
    ["redis://localhost", /^store: a store, not a URL: .*connectStore/],
    [memoryStore, /^store: .*call it/],
    [Promise.resolve(store), /^store: .*await it/],
    [{ connect() {}, get() {} }, /^store: .*this has no create, read, replace, delete/],
  ])("%o in place of a store: says what to do", (wrong, message) => {
    expect(() => createSessionManager({ store: wrong } as unknown as SessionOptions)).toThrow(message);
  });

  it("the middleware mounted without options: says how", () => {
    const request = new IncomingMessage(new Socket());
    expect(() => createSessionManager(request as SessionOptions)).toThrow(/^sessions: call it with options/);
  });

  it.each([undefined, null, "x", 7])("%s instead of options", (options) => {
    expect(() => createSessionManager(options as unknown as SessionOptions)).toThrow(/^sessions: /);
  });

  it("neither store nor secret: says what is needed", () => {
    expect(() => createSessionManager({})).toThrow(/^secret: needed without a store[^(]*$/);
  });

  it("an empty secret: asks after the environment", () => {
    expect(() => createSessionManager({ secret: "" })).toThrow(/environment variable set\?/);
  });

  it.each(["secret", "store"])("an undefined %s: asks after the environment", (option) => {
    const attempt = () => createSessionManager({ [option]: undefined } as SessionOptions);
    expect(attempt).toThrow(`(${option} is given, but undefined: is its environment variable set?)`);
  });

  it("wires must carry what is kept", () => {
    expect(() => createSessionManager({ secret: SECRET, wire: tokenWire("session", []) })).toThrow(/^wire: .*record/);
    expect(() => createSessionManager({ store, wire: sealedWire("session", [SECRET]) })).toThrow(/^wire: .*token/);
  });

  it("attributes of the cookie beside a wire that brings its own", () => {
    const wire = flaskSession({ SECRET_KEY: "dev" }).wire;
    expect(() => createSessionManager({ ...(wire && { wire }), cookie: { path: "/" } })).toThrow(/^cookie: /);
  });

  it("a wrong attribute of the cookie is named with its path", () => {
    expect(() => createSessionManager({ store, cookie: { path: "x" } })).toThrow(/^cookie\.path: /);
  });
});

describe("options in effect", () => {
  it("has the defaults of the documentation", () => {
    const settings = resolveOptions({ store });
    expect(settings).toMatchObject({
      lifetime: 14 * 86_400_000,
      idleTimeout: 7 * 86_400_000,
      permanent: true,
      hashIds: true,
      lazy: false,
      onConflict: "merge",
      onStoreError: "throw",
      storeTimeout: 2000,
      maxBytes: 65_536,
    });
    expect(settings.cookie.name).toBe("session");
  });

  it.each([
    [90, 90_000],
    [0.5, 500],
    ["90s", 90_000],
    ["1.5m", 90_000],
    ["2h", 7_200_000],
    ["1d", 86_400_000],
  ] as const)("a duration of %o is %s ms", (lifetime, milliseconds) => {
    expect(resolveOptions({ store, lifetime }).lifetime).toBe(milliseconds);
  });

  it("an idle timeout longer than the lifetime is the lifetime", () => {
    expect(resolveOptions({ store, lifetime: "1h", idleTimeout: "2h" }).idleTimeout).toBe(3_600_000);
  });

  it("takes one secret or a list, and undefined for a default", () => {
    for (const secret of [SECRET, [SECRET], [SECRET, `${SECRET}2`] as const]) {
      expect(() => createSessionManager({ secret })).not.toThrow();
    }
    const unset = Object.fromEntries(Object.keys(WRONG).map((key) => [key, undefined]));
    expect(() => createSessionManager({ ...unset, store } as SessionOptions)).not.toThrow();
  });
});
