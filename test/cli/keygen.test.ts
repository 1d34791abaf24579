import { expect, it } from "vitest";
import { createSessionManager } from "../../src/index.ts";
import { invoke } from "./lib/invoke.ts";

it("makes secrets that the option takes, each another", async () => {
  const { code, stdout, stderr } = await invoke(["keygen"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^[\w-]{43}\n$/);
  expect(() => createSessionManager({ secret: stdout.trim() })).not.toThrow();

  const many = (await invoke(["keygen", "--bytes", "24", "--count", "100"])).stdout.trim().split("\n");
  expect(new Set(many).size).toBe(100);
  for (const secret of many) expect(() => createSessionManager({ secret })).not.toThrow();
  expect(JSON.parse((await invoke(["keygen", "--json", "--count", "2"])).stdout).secrets).toHaveLength(2);
});

it.each([
  ["--bytes", "16"],
  ["--bytes", "x"],
  ["--count", "0"],
  ["--count", "1e9"],
  ["--bits", "8"],
])("refuses %s %s", async (...args) => {
  const { code, stdout } = await invoke(["keygen", ...args]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
});
