import { expect, test } from "vitest";
import { differences, expectedExports, subpathOf } from "../../scripts/check-exports.ts";

test.each([
  ["index.ts", "."],
  ["testing/index.ts", "./testing"],
  ["stores/redis.ts", "./stores/redis"],
  ["adapters/express.ts", "./express"],
])("src/%s is public as %s", (file, subpath) => {
  expect(subpathOf(file)).toBe(subpath);
});

test("an entry that is missing, wrong or left over is named", () => {
  const expected = expectedExports(["index.ts", "stores/redis.ts", "adapters/koa.ts"]);
  expect(differences(expected, expected)).toEqual([]);

  const { "./stores/redis": redis, ...withoutRedis } = expected;
  expect(differences(withoutRedis, expected)).toEqual([expect.stringContaining('"./stores/redis"')]);
  expect(differences({ ...expected, "./koa": redis }, expected)).toEqual([expect.stringContaining('"./koa"')]);
  expect(differences({ ...expected, "./hono": redis }, expected)).toEqual([expect.stringContaining('"./hono"')]);
});
