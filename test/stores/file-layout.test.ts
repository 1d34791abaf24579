/** What stands in the files, and that another program may have written it. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createSessionManager } from "../../src/index.ts";
import { fileStore } from "../../src/stores/file.ts";
import { bytes, fileOf, HOUR, lasting, listed, seconds, temporaryFolder } from "./lib/files.ts";

const { newDir } = temporaryFolder();

describe("a session's file", () => {
  it("is named by the digest of prefix and id, and holds the expiry in seconds, the payload, and our own mark after it", async () => {
    const dir = newDir();
    const store = fileStore({ dir });
    const meta = { expiresAt: new Date(4_000_000_000_123), endsAt: new Date(4_100_000_000_000), subject: "ann" };
    await store.create("token", bytes("payload"), meta);
    const file = await readFile(fileOf(dir, "token"));
    expect(file.readUInt32LE()).toBe(4_000_000_001);
    expect(file.subarray(4, 11).toString()).toBe("payload");
    expect(file.subarray(11).toString("latin1")).toMatch(/^tokenann.{8}\0dewar1\0$/s);
    expect((await store.read("token"))?.expiresAt).toEqual(meta.expiresAt);
    await store.close?.();
  });

  it("of cachelib's is read, renewed and replaced as such, and listed for nobody", async () => {
    const dir = newDir();
    await mkdir(dir);
    const file = fileOf(dir, "theirs");
    await writeFile(file, Buffer.concat([seconds(Date.now() / 1000 + 100), Buffer.of(0x80, 5, 0x7d, 0x2e)]));
    const store = fileStore({ dir });
    const found = await store.read("theirs");
    expect(found?.payload).toEqual(Buffer.of(0x80, 5, 0x7d, 0x2e));
    const later = Math.ceil(Date.now() / 1000) + 1000;
    const renewal = { ifBefore: new Date(later * 1000), expiresAt: new Date(later * 1000) };
    expect((await store.read("theirs", renewal))?.renewed).toBe(true);
    expect(await readFile(file)).toEqual(Buffer.concat([seconds(later), Buffer.of(0x80, 5, 0x7d, 0x2e)]));
    expect(await store.replace("theirs", bytes("ours"), found?.version, lasting())).toBe("ok");
    expect((await readFile(file)).subarray(4).toString()).toBe("ours");
    expect(await listed(store, {})).toEqual([]);
    expect(await store.prune?.(new Date(Date.now() + 2 * HOUR))).toBe(0);
    expect(await store.delete("theirs")).toBe(true);
    await store.close?.();
  });

  it("of cachelib's that never expires lives, and has no end to tell", async () => {
    const dir = newDir();
    await mkdir(dir);
    await writeFile(fileOf(dir, "theirs"), Buffer.concat([seconds(0), bytes("payload")]));
    const store = fileStore({ dir });
    expect(await store.read("theirs", { ifBefore: new Date(), expiresAt: new Date() })).toEqual({
      payload: bytes("payload"),
      version: bytes("payload"),
      renewed: false,
    });
    await store.close?.();
  });

  it("that another program renewed by its seconds alone ends then", async () => {
    const dir = newDir();
    const store = fileStore({ dir });
    await store.create("token", bytes("payload"), { ...lasting(), subject: "ann" });
    const file = await readFile(fileOf(dir, "token"));
    file.writeUInt32LE(4_000_000_000);
    await writeFile(fileOf(dir, "token"), file);
    expect(await store.read("token")).toMatchObject({ payload: bytes("payload"), expiresAt: new Date(4e12) });
    await store.close?.();
  });

  it.each([
    ["empty", Buffer.of()],
    ["shorter than its expiry", Buffer.of(255, 255, 255)],
    ["nothing but an expiry that is over", Buffer.of(1, 0, 0, 0)],
    ["a line of text", Buffer.from("\0\0\0\x01 this is something else")],
  ])("that is %s is a session that isn't there", async (_, content) => {
    const dir = newDir();
    await mkdir(dir);
    await writeFile(fileOf(dir, "token"), content);
    const store = fileStore({ dir });
    expect(await store.read("token")).toBeUndefined();
    expect(await store.replace("token", bytes("new"), content.subarray(4), lasting())).toBe("gone");
    expect(await store.delete("token")).toBe(false);
    expect(await store.create("token", bytes("new"), lasting())).toBe("ok");
    expect((await store.read("token"))?.payload).toEqual(bytes("new"));
    await store.close?.();
  });

  it("that was cut anywhere is no error to the visitor", async () => {
    const dir = newDir();
    const manager = createSessionManager({ store: fileStore({ dir }) });
    const session = await manager.open(undefined);
    session.login("ann");
    session.flash("hello");
    const cookie = String(new Map(await manager.commit(session)).get("Set-Cookie")).split(";")[0];
    const file = join(dir, (await readdir(dir)).find((name) => name.length === 64) ?? "");
    const whole = await readFile(file);
    expect((await manager.open(cookie)).subject).toBe("ann");
    for (let length = 0; length < whole.length; length++) {
      await writeFile(file, whole.subarray(0, length));
      const opened = await manager.open(cookie);
      expect([undefined, "ann"]).toContain(opened.subject);
      await manager.commit(opened);
    }
    await manager.close();
  });
});
