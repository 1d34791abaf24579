import { chmod, lchown, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nameOf } from "../../src/cli/lib/source.ts";
import { jsonCodec } from "../../src/codecs/json.ts";
import { fingerprint, randomToken } from "../../src/core/crypto.ts";
import { connectStore } from "../../src/stores/index.ts";
import { dewar, finished, start } from "./lib/dewar.ts";

const ESCAPES = "\u001b]0;owned\u0007\u001b[2J\u202e\u009b1m";
/** What a terminal obeys, but for the colours that we print. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
const OBEYED = /\u001b(?!\[\d{1,2}m)|[\u0000-\u0008\u000b-\u001a\u0080-\u009f\u202e]/;

let folder = "";
let url = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dewar-attacks-"));
  url = `sqlite:${join(folder, "s.db")}`;
});
afterAll(() => rm(folder, { recursive: true }));

async function put(payload: Uint8Array, subject?: string): Promise<string> {
  const store = await connectStore(url);
  const id = fingerprint(randomToken(32));
  const end = new Date(Date.now() + 3_600_000);
  await store.create(id, payload, { expiresAt: end, endsAt: end, ...(subject !== undefined && { subject }) });
  await store.close?.();
  return id;
}

describe("what somebody put into the store", () => {
  const device = { userAgent: `Mozilla/5.0 ${ESCAPES}`, address: ESCAPES };
  const hostile = () =>
    [
      { data: { [ESCAPES]: ESCAPES, list: [ESCAPES] }, subject: `ada${ESCAPES}` },
      { data: { a: 1 }, subject: "__proto__" },
      { data: { a: 1 }, subject: "\t\n\r" },
      { data: { a: 1 }, subject: "ada", createdAt: new Date(8.64e15), authenticatedAt: new Date(8.64e15) },
      { data: { a: 1 }, subject: "ada", createdAt: new Date(-8.64e15) },
    ].map((record) =>
      jsonCodec.encode({
        createdAt: new Date(),
        permanent: true,
        rev: "r",
        device: { first: device, last: device },
        ...record,
      }),
    );
  const gaps = Buffer.from('[{"_permanent":1,"_created":2,"_rev":3,"a":4},true,1764460800000,"r",[-7,4294967295]]');

  it("is shown by every command, hides nothing beside it, and says nothing to the terminal", async () => {
    const ids = [];
    for (const payload of [...hostile(), gaps]) ids.push(await put(payload));
    const commands = [["list"], ["users"], ["stats"], ["ping"], ...ids.map((id) => ["show", id])];
    for (const [command = "", ...rest] of commands) {
      for (const flags of [[], ["--json"], ["--lifetime", "36500d"]]) {
        if (command === "ping" && flags.length > 1) continue;
        for (const tty of [false, true]) {
          const { code, out, err } = await dewar([command, ...rest, ...flags, "--store", url], { tty });
          // The one that was made in the beginning of time has ended.
          expect([0, 3], `${command} ${flags.join(" ")} ${err}`).toContain(code);
          expect(out).not.toMatch(OBEYED);
          expect(err.replaceAll("\r\u001b[K", "")).not.toMatch(OBEYED);
          if (command === "list" && flags.length === 0 && !tty)
            expect(out.trimEnd().split("\n")).toHaveLength(ids.length - 1);
        }
      }
    }
  });
});

describe("what is said of a command line", () => {
  it("is nothing to the terminal", async () => {
    const folderOfNone = join(folder, ESCAPES);
    for (const argv of [
      [ESCAPES],
      ["show", ESCAPES],
      [`--${ESCAPES}`],
      ["list", "--store", `redis://${ESCAPES}`],
      ["list", "--store", `sqlite:${folderOfNone}`],
      ["list", "--config", ESCAPES],
      ["list", "--lifetime", ESCAPES],
      ["revoke", "--user", "x", "--except", ESCAPES, "--store", url],
      ["list", "--after", ESCAPES, "--store", url],
    ]) {
      const { code, out, err } = await dewar(argv, { env: { DEWAR_DEBUG: "1" }, tty: true });
      expect(code, argv.join(" ")).not.toBe(130);
      expect(out + err).not.toMatch(OBEYED);
    }
  });

  it.each([
    ["redis://u:pa ss@h:1/0?x=y", "redis://***@h:1/0"],
    ["redis://u:p\"a's<s@h", "redis://***@h"],
    ["sqlite:/var/x@y.db", "sqlite:/var/x@y.db"],
    ["file:///var/a@b/", "file:///var/a@b/"],
  ])("names %s without its password", (text, name) => {
    if (text.startsWith("redis")) expect(nameOf(text)).toBe(name);
    else expect(nameOf(text)).toContain("b");
  });

  it.each(["redis", "rediss", "postgres", "mysql", "mongodb", "memcached", "redis+cluster", "redis+sentinel"])(
    "never holds the password of %s://, whatever goes wrong",
    async (scheme) => {
      const path = scheme === "redis+sentinel" ? "/main" : "";
      const results = await Promise.all(
        [
          [`ada:hunter2@127.0.0.1:1${path}`, {}],
          [`ada:hunter2@unknown.invalid:1${path}`, {}],
          [`ada:hunter2@127.0.0.1:1${path}?nosuch=hunter2&password=hunter2`, {}],
          ["ada:hunter2@127.0.0.1:99999999", {}],
          ["ada:hun%ter2@127.0.0.1", {}],
          ["ada:hunter2/x@127.0.0.1", {}],
          ["ada: hunter2 @127.0.0.1:1", {}],
        ].map(([rest]) => dewar(["list", "--store", `${scheme}://${rest}`], { env: { DEWAR_DEBUG: "1" } })),
      );
      for (const { code, out, err } of results) {
        expect([1, 2]).toContain(code);
        expect(out + err).not.toMatch(/hunter2|ter2/);
      }
    },
    30_000,
  );

  it.runIf(process.platform === "linux")("doesn't stand in the list of processes", async () => {
    const child = start(["decode", "-", "--secret", "a-secret-that-nobody-else-may-read-here"]);
    const end = finished(child);
    const read = async () => readFile(`/proc/${child.pid}/cmdline`, "utf8");
    const deadline = Date.now() + 10_000;
    while ((await read()).includes("nobody-else") && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await read()).not.toContain("nobody-else");
    child.stdin?.end("x");
    await end;
  });
});

describe("a configuration that lies in the working directory", () => {
  const main = fileURLToPath(new URL("../../src/index.ts", import.meta.url));
  const memory = fileURLToPath(new URL("../../src/stores/memory.ts", import.meta.url));
  const code = `import { writeFileSync } from "node:fs";
    import { createSessionManager } from ${JSON.stringify(main)};
    import { memoryStore } from ${JSON.stringify(memory)};
    writeFileSync(new URL("./ran", import.meta.url), "");
    export default createSessionManager({ store: memoryStore() });`;

  async function planted(mode: number, owner: number | undefined, link = false): Promise<string> {
    const cwd = await mkdtemp(join(folder, "cwd-"));
    const file = join(cwd, "dewar.config.ts");
    await writeFile(link ? join(cwd, "elsewhere.ts") : file, code);
    if (link) await symlink("elsewhere.ts", file);
    if (owner !== undefined) await lchown(file, owner, owner);
    await chmod(cwd, mode);
    return cwd;
  }
  const ran = (cwd: string) =>
    readFile(join(cwd, "ran")).then(
      () => true,
      () => false,
    );

  it("isn't run by what needs no store", async () => {
    const cwd = await planted(0o755, undefined);
    for (const argv of [
      ["keygen"],
      ["ddl", "--dialect", "sqlite"],
      ["completion", "bash"],
      ["decode", "x"],
      ["--help"],
      ["list", "--store", url],
    ]) {
      await dewar(argv, { cwd });
      expect(await ran(cwd), argv.join(" ")).toBe(false);
    }
    expect((await dewar(["list"], { cwd })).code).toBe(0);
    expect(await ran(cwd)).toBe(true);
  });

  it.runIf(process.getuid?.() === 0)(
    "isn't run unasked where anybody could have put it, and it is another one's",
    async () => {
      for (const link of [false, true]) {
        const cwd = await planted(0o1777, 65_534, link);
        const { code, err } = await dewar(["list"], { cwd });
        expect([code, err]).toEqual([2, expect.stringContaining("--config dewar.config.ts runs it")]);
        expect(await ran(cwd)).toBe(false);
        expect((await dewar(["list", "--config", "dewar.config.ts"], { cwd })).code).toBe(0);
      }
      for (const [mode, owner] of [
        [0o1777, undefined],
        [0o755, 65_534],
      ] as const) {
        expect((await dewar(["list"], { cwd: await planted(mode, owner) })).code).toBe(0);
      }
    },
  );
});
