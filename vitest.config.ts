import { fileURLToPath } from "node:url";
import { defaultExclude, defineConfig, type ViteUserConfig } from "vitest/config";
import manifest from "./package.json" with { type: "json" };
import { LongestFirst } from "./test/lib/longest-first.ts";

// Tests use the public names, and run against `src`: the names and their files are those of package.json.
const alias = Object.entries(manifest.exports).flatMap(([subpath, target]) =>
  typeof target === "string"
    ? []
    : {
        find: new RegExp(`^dewar${subpath.slice(1)}$`),
        replacement: fileURLToPath(
          new URL(target.default.replace("./dist/", "./src/").replace(/\.js$/, ".ts"), import.meta.url),
        ),
      },
);

const STORM = "test/stress/stress.test.ts";

const config: ViteUserConfig = defineConfig({
  resolve: { alias },
  test: {
    // Of the many processes that tests start, each would compile the same files.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL(".cache/node", import.meta.url)) },
    testTimeout: 20_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 10_000 } },
    // More than two cores have: many tests wait, for a server that is out or a session that ends.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: "tests", include: ["test/**/*.test.ts"], exclude: [...defaultExclude, STORM] } },
      // By itself, when the others are through: what it demands of time must not measure its neighbours.
      { extends: true, test: { name: "storm", include: [STORM], sequence: { groupOrder: 1 } } },
    ],
  },
});

export default config;
