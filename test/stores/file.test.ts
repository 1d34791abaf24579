import fs from "node:fs";
import { open } from "node:fs/promises";
import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { fileStore } from "../../src/stores/file.ts";
import { testStore } from "../../src/testing/store.ts";
import { temporaryFolder } from "./lib/files.ts";

/** Milliseconds: for the listing of ten thousand, on a slow disk. */
const PATIENCE = 60_000;

const { inFolder, newDir } = temporaryFolder();

describe("in a directory", () => {
  // Tens of thousands of writes, and the disk would have to confirm each: it's the one thing that this doesn't test.
  beforeAll(async () => {
    const file = await open(inFolder("."));
    vi.spyOn(Object.getPrototypeOf(file), "sync").mockResolvedValue(undefined);
    await file.close();
  });
  afterAll(() => vi.restoreAllMocks());

  testStore({
    describe,
    it: (name, body) => it(name, body, PATIENCE),
    create: () => fileStore({ dir: newDir() }),
    createPair: () => [fileStore({ dir: newDir() }), fileStore({ dir: newDir() })],
  });
});

describe("options", () => {
  it.each(["", "a\0b", 1 as unknown as string, undefined as unknown as string])("refuses dir %j", (dir) => {
    expect(() => fileStore({ dir })).toThrow(/^dir: /);
    expect(() => fileStore({ dir })).toThrow(TypeError);
  });

  it.each([0, -1, 1.5, Number.NaN, "500" as unknown as number])("refuses threshold %j", (threshold) => {
    expect(() => fileStore({ dir: "a", threshold })).toThrow(/^threshold: /);
    expect(() => fileStore({ dir: "a", threshold })).toThrow(TypeError);
  });

  it.each([0, 0o400, 0o700, 0o1600, 600, 0o600 + 0.5, "600" as unknown as number])("refuses mode %j", (mode) => {
    expect(() => fileStore({ dir: "a", mode })).toThrow(/^mode: /);
    expect(() => fileStore({ dir: "a", mode })).toThrow(TypeError);
  });

  it("touches nothing before its first use", () => {
    const dir = newDir();
    fileStore({ dir });
    expect(fs.existsSync(dir)).toBe(false);
  });
});

it("is required by CommonJS", () => {
  const require = createRequire(import.meta.url);
  expect(require("../../src/stores/file.ts")).toHaveProperty("fileStore");
});
