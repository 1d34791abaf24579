import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { findProgram } from "../../scripts/lib/programs.ts";

test("a program is found on PATH, unless DEWAR_WITHOUT hides it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "dewar-programs-"));
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });
  const program = join(folder, "redis-server");
  await writeFile(program, "", { mode: 0o755 });

  vi.stubEnv("PATH", folder);
  vi.stubEnv("DEWAR_WITHOUT", "chromium");
  expect(findProgram("redis-server")).toBe(program);
  vi.stubEnv("DEWAR_WITHOUT", "chromium,redis-server");
  expect(findProgram("redis-server")).toBeUndefined();
});
