import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { directoryWith, inAnHour, nameOf, pickle, storeIn } from "./lib/cachelib.ts";

describe("what cachelib 0.2 to 0.6 wrote", () => {
  const int32 = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    return bytes;
  };
  const protocol1 = (time: number) => Buffer.concat([Buffer.from("J"), int32(time), Buffer.from("."), pickle]);
  const protocol5 = (time: number) =>
    Buffer.concat([Buffer.from("80059506000000000000004a", "hex"), int32(time), Buffer.from("."), pickle]);

  it.each([
    ["1", protocol1],
    ["5", protocol5],
  ])("is read and renewed, with an end pickled by protocol %s", async (_, old) => {
    const end = inAnHour();
    const dir = await directoryWith({
      [nameOf("token", "md5")]: old(end),
      [nameOf("over", "md5")]: old(1_700_000_000),
    });
    const store = storeIn(dir, { digest: "md5" });
    expect(await store.read("token")).toMatchObject({ payload: pickle, expiresAt: new Date(end * 1000) });
    expect(await store.read("over")).toBeUndefined();
    const later = new Date((end + 1000) * 1000);
    expect((await store.read("token", { ifBefore: later, expiresAt: later }))?.renewed).toBe(true);
    expect(await readFile(join(dir, nameOf("token", "md5")))).toEqual(old(end + 1000));
  });

  it.each(["4b002e", "80054b002e"])("never ends where its end is %s", async (zero) => {
    const file = Buffer.concat([Buffer.from(zero, "hex"), pickle]);
    const store = storeIn(await directoryWith({ [nameOf("token")]: file }));
    expect(await store.read("token")).toEqual({ payload: pickle, version: pickle, renewed: false });
  });

  it("is told from an end of four bytes that look like a pickle", async () => {
    for (const start of ["804a0580", "4a05807f", "80054b7f", "4b002e7f"]) {
      const file = Buffer.concat([Buffer.from(start, "hex"), pickle]);
      const store = storeIn(await directoryWith({ [nameOf("token")]: file }));
      const expiresAt = new Date(1000 * file.readUInt32LE());
      expect(await store.read("token")).toEqual({ payload: pickle, version: pickle, renewed: false, expiresAt });
    }
  });
});
