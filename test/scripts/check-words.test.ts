import { expect, test } from "vitest";
import { findBanned } from "../../scripts/check-words.ts";

test.each([
  ["package-lock.json", '"resolved": "https://packages.example/ms-2.1.3.tgz",'],
  ["README.md", "npm install --registry https://registry.npmjs.org"],
  ["scripts/build.ts", 'const file = "/home/somebody/dewar";'],
  ["docs/architecture.md", "see /root/notes"],
  ["src/index.ts", "// TODO: later"],
])("%s must not hold: %s", (file, line) => {
  expect(findBanned(file, `first line\n${line}\n`)).toEqual([expect.stringContaining(`${file}:2: `)]);
});

test.each([
  ["package-lock.json", '"resolved": "..",'],
  ["README.md", "`npm test` works at home, root or not"],
  ["test/stores/sqlite.test.ts", 'join(tmpdir(), "home", "work")'],
])("%s may hold: %s", (file, line) => {
  expect(findBanned(file, line)).toEqual([]);
});
