import { expect, test } from "vitest";
import { findViolations } from "../../scripts/check-layers.ts";

test.each([
  ["core/handle.ts", 'import { sessions } from "../adapters/node.ts";'],
  ["core/handle.ts", 'import { readFile } from "node:fs/promises";'],
  ["core/handle.ts", 'const sqlite = await import("node:sqlite");'],
  ["core/handle.ts", 'export {\n  memoryStore,\n} from "../stores/memory.ts";'],
  ["stores/redis.ts", 'import { memoryStore } from "./memory.ts";'],
  ["stores/redis.ts", 'import type { RedisClientType } from "redis";'],
  ["stores/lib/retry.ts", 'import "../sqlite.ts";'],
  ["adapters/koa.ts", 'import { sessions } from "./express.ts";'],
  ["adapters/koa.ts", 'import Koa from "koa";'],
  ["adapters/koa.ts", 'import { session } from "dewar";'],
  ["store.ts", 'import type { Session } from "./core/session.ts";'],
])("%s must not say: %s", (file, source) => {
  expect(findViolations(file, source)).toHaveLength(1);
});

test.each([
  ["core/handle.ts", 'import { createHash } from "node:crypto";\nimport type { Store } from "../store.ts";'],
  ["core/handle.ts", '/**\n * import { redisStore } from "dewar/stores/redis";\n */\n// import "express"'],
  ["stores/redis.ts", 'import { retry } from "./lib/retry.ts";\nimport { SessionError } from "../core/errors.ts";'],
  ["adapters/koa.ts", 'import type { Middleware } from "koa";\nimport { sessions } from "./node.ts";'],
])("%s may say: %s", (file, source) => {
  expect(findViolations(file, source)).toEqual([]);
});

test("a folder that no rule covers is named", () => {
  expect(findViolations("plugins/one.ts", "")[0]).toContain("belongs to no layer");
});
