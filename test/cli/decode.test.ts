import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeCookie } from "../../src/cli/decode/decode.ts";
import { toDocument } from "../../src/cli/decode/print.ts";
import { createSessionManager } from "../../src/index.ts";
import { connectStore } from "../../src/stores/index.ts";
import { cookieOf, type Decoded, decode, sealing } from "./lib/decoding.ts";
import { invoke } from "./lib/invoke.ts";

const SECRET = "the first secret, of 32 characters or more";
const OLD = "the older secret, of 32 characters or more";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dewar-decode-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("dewar's encrypted cookie", () => {
  it("opens under the secret: times, user, data, with what is sensitive masked", async () => {
    const found = await decode(await sealing({ secret: SECRET }), ["--secret", SECRET]);
    expect(found).toMatchObject({ code: 0, kind: "dewar-sealed", verdict: "verified", secret: 1, user: "user-42" });
    expect(found.data).toEqual({ cart: ["tea"], csrf_token: "••••••" });
    expect(Date.parse(found.madeAt ?? "")).toBeLessThanOrEqual(Date.now());
    expect(Date.parse(found.endsAt ?? "")).toBeGreaterThan(Date.now());
    const revealed = await decode(await sealing({ secret: SECRET }), ["--secret", SECRET, "--reveal"]);
    expect(revealed.data).toEqual({ cart: ["tea"], csrf_token: "hush" });
  });

  it("says which secret it is, in the environment too", async () => {
    const cookie = await sealing({ secret: OLD });
    const found = await decode(cookie, ["--secret", SECRET, "--secret", OLD]);
    expect(found).toMatchObject({ code: 0, secret: 2 });
    expect(found.why).toContain("2nd of 2");
    expect(await decode(cookie, [], { env: { DEWAR_SECRET: `${SECRET}\n${OLD}` } })).toMatchObject({ secret: 2 });
  });

  it("under a secret that looks like an option", async () => {
    const secret = `-${"x".repeat(42)}`;
    expect(await decode(await sealing({ secret }), ["--secret", secret])).toMatchObject({ code: 0, secret: 1 });
  });

  it("is refused for a wrong secret, a wrong name, a changed byte, and without a secret shows nothing", async () => {
    const cookie = await sealing({ secret: SECRET });
    const wrong = await decode(cookie, ["--secret", OLD]);
    expect(wrong).toMatchObject({ code: 3, verdict: "refused", data: null });
    expect(wrong.why).toMatch(/another secret or name, or it was changed/);
    const named = await decode(cookie, ["--secret", SECRET, "--name", "shop"]);
    expect(named.why).toContain('for a cookie named "session", and is refused as "shop"');
    expect(named.code).toBe(3);
    const at = Math.floor(cookie.length / 2);
    const changed = `${cookie.slice(0, at)}${cookie[at] === "A" ? "B" : "A"}${cookie.slice(at + 1)}`;
    expect(await decode(changed, ["--secret", SECRET])).toMatchObject({ code: 3, verdict: "refused" });
    expect(await decode(cookie)).toMatchObject({ code: 3, verdict: "unverified", data: null });
  });

  it("has ended", async () => {
    const cookie = await sealing({ secret: SECRET, idleTimeout: 0.001 });
    await new Promise((resolve) => setTimeout(resolve, 10));
    const found = await decode(cookie, ["--secret", SECRET]);
    expect(found).toMatchObject({ code: 3, verdict: "refused", secret: 1, user: "user-42" });
    expect(found.why).toContain("ended");
  });
});

describe("dewar's token", () => {
  it("verifies by its signature, and is looked up in the store", async () => {
    const url = `sqlite:${join(folder, "tokens.db")}`;
    const manager = createSessionManager({ store: await connectStore(url), secret: [OLD, SECRET] });
    const cookie = await cookieOf(manager);
    const secrets = ["--secret", SECRET, "--secret", OLD];
    expect(await decode(cookie, secrets)).toMatchObject({ code: 0, kind: "dewar-token", secret: 2, data: null });

    const living = await decode(cookie, [...secrets, "--store", url]);
    expect(living).toMatchObject({ code: 0, verdict: "verified", user: "user-42", data: { cart: ["tea"] } });
    expect(living.why).toContain("lives");
    for await (const { id } of manager.list()) expect(living.id).toBe(id);

    await manager.revokeAll("user-42");
    const ended = await decode(cookie, [...secrets, "--store", url]);
    expect(ended).toMatchObject({ code: 3, verdict: "refused", data: null });
    expect(ended.why).toMatch(/has signed it.*But no such session lives/);
    await manager.close();
  });

  it("without a signature is nobody's, unless the store knows it", async () => {
    const url = `file:${join(folder, "files")}`;
    const manager = createSessionManager({ store: await connectStore(url) });
    const cookie = await cookieOf(manager);
    expect(await decode(cookie)).toMatchObject({ code: 3, verdict: "unverified", kind: "dewar-token" });
    expect(await decode(cookie, ["--store", url])).toMatchObject({ code: 0, verdict: "verified", user: "user-42" });
    expect(await decode(cookie, ["--store", "memory:"])).toMatchObject({ code: 3, verdict: "refused" });
    await manager.close();
  });

  it("to look doesn't use the session: its end stays", async () => {
    const url = `sqlite:${join(folder, "still.db")}`;
    const store = await connectStore(url);
    const cookie = await cookieOf(createSessionManager({ store, idleTimeout: "1h" }));
    const end = async () => {
      for await (const { expiresAt } of store.list?.({}) ?? []) return expiresAt?.getTime();
      return undefined;
    };
    const before = await end();
    await decode(cookie, ["--store", url]);
    expect(await end()).toBe(before);
    await store.close?.();
  });

  it("is refused where a part is cut off, and says which", async () => {
    const manager = createSessionManager({ store: await connectStore("memory:"), secret: SECRET });
    const cookie = await cookieOf(manager);
    const cut = await decode(cookie.slice(0, -3), ["--secret", SECRET]);
    expect(cut).toMatchObject({ code: 3, kind: "unknown" });
    expect(cut.why).toContain("signature has 40 characters where 43");
    expect((await decode(cookie.slice(0, 28))).why).toContain("20 characters, and a token has 43");
  });
});

describe("what is pasted", () => {
  it("may be a whole header, of which one is named", async () => {
    const cookie = await sealing({ secret: SECRET });
    const header = `Cookie: theme=dark; ${cookie}; id=1`;
    const all = await invoke(["decode", "-", "--json", "--secret", SECRET], { stdin: header });
    const { cookies } = JSON.parse(all.stdout) as { cookies: Decoded[] };
    expect(cookies.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      "theme unknown",
      "session dewar-sealed",
      "id unknown",
    ]);
    expect(all.code).toBe(0);
    expect(await decode(header, ["--secret", SECRET, "--name", "session"])).toMatchObject({ code: 0 });
    expect(await decode(`Set-Cookie: ${cookie}; Path=/; HttpOnly; SameSite=Lax`, ["--secret", SECRET])).toMatchObject({
      code: 0,
    });
  });

  it("may be another library's", async () => {
    const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
    expect(await decode(jwt)).toMatchObject({ code: 3, kind: "jwt", verdict: "unverified" });
    expect(await decode("Fe26.2*1*0a27*b0*c1**d2*e3~2")).toMatchObject({ code: 3, kind: "iron-session" });
  });

  it("may be nothing, or too much", async () => {
    for (const stdin of ["", "  ", "Cookie:", "x".repeat(70_000)]) {
      const { code, stdout, stderr } = await invoke(["decode", "-"], { stdin });
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/COOKIE: /);
    }
  });

  it("may be anything else: never a crash, never an echo to the terminal", async () => {
    for (const stdin of ["\u001b[2Jx", "%", "s:", "s%3A%zz", "a.b.c", ".", "=", `${"A".repeat(43)}.x`, "eyJ.eyJ.x"]) {
      const { code, stdout } = await invoke(["decode", "-"], { stdin });
      expect([2, 3]).toContain(code);
      expect(stdout).not.toContain("\u001b");
    }
  });
});

it("any text is read without a fault, and without being echoed", () => {
  const parts = fc.constantFrom(
    "s:",
    "s%3A",
    ".",
    "%",
    "eyJ",
    "A".repeat(43),
    "Fe26.2*",
    "x".repeat(27),
    "ZVPxAA",
    "AQ",
  );
  const text = fc.array(fc.oneof(parts, fc.string({ maxLength: 60 })), { maxLength: 6 }).map((all) => all.join(""));
  const judge = { secrets: [SECRET, "dev"], cookieName: "session", now: new Date(), flaskLifetime: 60 };
  fc.assert(
    fc.property(text, (value) => {
      const report = decodeCookie({ name: undefined, value }, judge);
      expect(report.verdict).not.toBe("verified");
      if (value.length > 20) expect(JSON.stringify(toDocument(report, false))).not.toContain(value);
    }),
    { numRuns: 2000 },
  );
});

describe("by its configuration, the application is asked", () => {
  const configured = async (options: string) => {
    const cwd = await mkdtemp(join(folder, "app"));
    const source = (path: string) => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);
    const text = `import { createSessionManager } from ${source("index.ts")};
      import { sqliteStore } from ${source("stores/sqlite.ts")};
      export default createSessionManager({ secret: "${SECRET}", ${options} });`;
    await writeFile(join(cwd, "dewar.config.ts"), text);
    return (cookie: string) => decode(cookie, ["--config", "dewar.config.ts"], { cwd });
  };

  it("for a cookie that holds the session", async () => {
    const ask = async (cookie: string) => (await configured('cookie: { name: "shop" }'))(cookie);
    const cookie = await sealing({ secret: SECRET, cookie: { name: "shop" } });
    const found = await ask(cookie);
    expect(found).toMatchObject({ code: 0, verdict: "verified", user: "user-42", why: "The application accepts it." });
    expect(await ask(cookie.replace("shop=", "session="))).toMatchObject({ code: 3, verdict: "refused" });
  });

  it("for a token: a forged one is refused, though its session lives", async () => {
    const file = join(folder, "app.db");
    const manager = createSessionManager({ store: await connectStore(`sqlite:${file}`), secret: SECRET });
    const cookie = await cookieOf(manager);
    await manager.close();
    const ask = async (value: string) =>
      (await configured(`store: sqliteStore({ file: ${JSON.stringify(file)} })`))(value);
    expect(await ask(cookie)).toMatchObject({ code: 0, verdict: "verified", user: "user-42" });
    const forged = await ask(`${cookie.slice(0, -43)}${"A".repeat(43)}`);
    expect(forged).toMatchObject({ code: 3, verdict: "refused" });
  });
});
