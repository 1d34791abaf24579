/** Cookies of other libraries: Flask's, Flask-Session's and express-session's. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import express, { type RequestHandler } from "express";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signId, writeFlaskCookie } from "../../src/flask/index.ts";
import { connectStore } from "../../src/stores/index.ts";
import { cookieVectors } from "../flask/cookie-vectors.ts";
import signedIds from "../flask/vectors/flask-signed-id.json" with { type: "json" };
import { cpuTime } from "../lib/elapsed.ts";
import { decode } from "./lib/decoding.ts";
import { invoke } from "./lib/invoke.ts";

// By require: the types that there are for it would claim `req.session` for themselves.
const expressSession = createRequire(import.meta.url)("express-session") as (options: object) => RequestHandler;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dewar-decode-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("Flask's", () => {
  it.each(cookieVectors.filter(({ secret }) => typeof secret === "string"))("cookie: $name", async (vector) => {
    const { cookie, secret, fallbacks, now } = vector;
    const secrets = [String(secret), ...fallbacks].flatMap((one) => ["--secret", one]);
    const found = await decode(cookie, [...secrets, "--lifetime", "36500d", "--reveal"]);
    expect(found).toMatchObject({ code: 0, kind: "flask-cookie", verdict: "verified", madeAt: now.toISOString() });
    const unread = await decode(cookie, ["--reveal"]);
    expect(unread).toMatchObject({ code: 3, verdict: "unverified", data: found.data });
    expect(unread.why).toContain("anybody could have written it");
  });

  it("cookie is refused: too old, from the future, of another secret, with broken data", async () => {
    const [basic] = cookieVectors;
    const old = await decode(basic?.cookie ?? "", ["--secret", "dev"]);
    expect(old).toMatchObject({ code: 3, verdict: "refused", data: { user_id: 42, name: "alice" } });
    expect(old.why).toMatch(/too old: signed \d+ seconds ago, and good for 2678400/);
    const future = writeFlaskCookie({ a: 1 }, { SECRET_KEY: "dev", now: new Date(Date.now() + 60_000) });
    expect((await decode(future, ["--secret", "dev"])).why).toContain("in the future");
    const wrong = await decode(basic?.cookie ?? "", ["--secret", "other"]);
    expect(wrong).toMatchObject({ code: 3, verdict: "refused" });
    expect(wrong.why).toMatch(/signature is wrong/);
    const bomb = `.${deflateSync(Buffer.alloc(40_000_000)).toString("base64url")}.ZVPxAA.${"A".repeat(27)}`;
    const took = await cpuTime(async () => {
      const refused = await invoke(["decode", "-", "--json"], { stdin: bomb });
      expect(JSON.parse(refused.stdout).cookies[0].why).toContain("can't be decompressed");
    });
    expect(took).toBeLessThan(1000);
  });

  it.each(signedIds.vectors)("signed id: $name", async ({ cookie, secret, sid }) => {
    const found = await decode(cookie, ["--secret", "no", "--secret", secret]);
    expect(found).toMatchObject({ code: 0, kind: "flask-session-id", verdict: "verified", secret: 2 });
    expect(JSON.stringify(found)).not.toContain(sid);
    expect(await decode(cookie, ["--secret", "no"])).toMatchObject({ code: 3, verdict: "refused" });
  });

  it("id, which the store has under its own name", async () => {
    const url = `file:${join(folder, "flask")}`;
    const store = await connectStore(url);
    const id = "c1a2b3c4-0000-4000-8000-0123456789ab";
    const soon = new Date(Date.now() + 60_000);
    const bytes = Buffer.from('{"_permanent":true,"_user_id":"bob","name":"alice"}');
    await store.create(id, bytes, { expiresAt: soon, endsAt: soon });
    expect(await decode(id)).toMatchObject({ code: 3, kind: "flask-session-id", verdict: "unverified" });
    const found = await decode(`session=${signId(id, "dev")}`, ["--secret", "dev", "--store", url]);
    expect(found).toMatchObject({ code: 0, verdict: "verified", user: "bob", data: { name: "alice" } });
    expect(found.endsAt).toBe(soon.toISOString());

    // As SESSION_ID_LENGTH = 64 makes them; its first byte is that of an encrypted cookie.
    const long = Buffer.alloc(64, 7).fill(1, 0, 1).toString("base64url");
    expect(await decode(long, ["--store", url])).toMatchObject({ code: 3, kind: "dewar-sealed" });
    await store.create(long, bytes, { expiresAt: soon, endsAt: soon });
    for (const more of [[], ["--secret", "s".repeat(32)]]) {
      const living = await decode(`session=${long}`, ["--store", url, ...more]);
      expect(living).toMatchObject({
        code: 0,
        name: "session",
        kind: "flask-session-id",
        verdict: "verified",
        user: "bob",
      });
    }
    await store.close?.();
  });
});

describe("express-session's connect.sid", () => {
  let cookie = "";
  beforeAll(async () => {
    const app = express();
    app.use(expressSession({ secret: "keyboard cat", resave: false, saveUninitialized: true }));
    app.get("/", (_req, res) => res.send("hello"));
    const server = createServer(app).listen(0, "127.0.0.1");
    await once(server, "listening");
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    server.close();
  });

  it("verifies, encoded or not", async () => {
    expect(cookie).toMatch(/^connect\.sid=s%3A/);
    for (const form of [cookie, decodeURIComponent(cookie)]) {
      const found = await decode(form, ["--secret", "x", "--secret", "keyboard cat"]);
      expect(found).toMatchObject({ code: 0, name: "connect.sid", kind: "express-session", secret: 2 });
    }
  });

  it("is refused under another secret, and where it is cut off", async () => {
    const wrong = await decode(cookie, ["--secret", "keyboard dog"]);
    expect(wrong).toMatchObject({ code: 3, verdict: "refused" });
    // Anywhere in its signature, also in the middle of an escape.
    const signed = "connect.sid=s%3AaVeryShortId.aaaa%2Bbbbb%2Fcccc%2Bdddd%2Feeee%2Bffff%2Fgggggggggggg";
    for (const whole of [cookie, signed]) {
      for (let length = 1; length < 30; length++) {
        const { why } = await decode(whole.slice(0, -length), ["--secret", "keyboard cat"]);
        expect(why, whole.slice(0, -length)).toContain("cut off");
      }
    }
    for (const more of ["%", "%2"]) {
      const found = await decode(cookie + more, ["--secret", "keyboard cat"]);
      expect(found).toMatchObject({ code: 3, verdict: "refused" });
    }
    expect(await decode(cookie)).toMatchObject({ code: 3, verdict: "unverified" });
  });
});
