// Why: arrows point inward. One import of a framework or a database in the core, or of one store in another, and
// whoever uses the one has to install the other. An import says so at once; a reader of the diff easily misses it.
import { globSync, readFileSync } from "node:fs";
import { posix, sep } from "node:path";
import manifest from "../package.json" with { type: "json" };

interface Layer {
  /** The files and folders of `src` that it may import, besides its own `lib/`. */
  files: string[];
  /** The packages that it may import. A name that ends with a colon stands for all that begin with it. */
  packages: string[];
  /** The packages that it may import types from. */
  types?: string[];
}

const contracts = ["store.ts", "codec.ts"];

const layers: Record<string, Layer> = {
  "index.ts": { files: [...contracts, "core/"], packages: [] },
  "store.ts": { files: [], packages: [] },
  "codec.ts": { files: [], packages: [] },
  // The default codec is the one thing outside that the core knows by name.
  "core/": {
    files: [...contracts, "core/", "codecs/json.ts"],
    packages: ["node:crypto", "node:async_hooks", "ipaddr.js"],
  },
  "codecs/": { files: ["codec.ts", "core/"], packages: ["devalue", "node:buffer"] },
  // A URL says which store, and so which client: imported when it is asked for.
  "stores/index.ts": { files: ["store.ts", "stores/lib/connect/"], packages: [] },
  "stores/lib/connect/": {
    files: ["store.ts", "core/", "stores/"],
    packages: ["node:", "redis", "memjs", "mongodb", "mysql2", "mysql2/promise", "pg"],
  },
  "stores/": { files: ["store.ts", "core/"], packages: ["node:"] },
  "adapters/": {
    files: ["index.ts", "core/", "adapters/node.ts", "adapters/fetch.ts"],
    packages: ["node:"],
    types: Object.keys(manifest.peerDependencies),
  },
  "flask/": { files: [...contracts, "core/", "stores/", "flask/"], packages: ["node:"] },
  // What is shown of sessions to people, in a terminal and on a page.
  "inspect/": { files: ["inspect/"], packages: ["bowser", "node:"] },
  "admin/": {
    files: [...contracts, "index.ts", "core/", "inspect/", "admin/", "adapters/lib/"],
    packages: ["node:", "@remix-run/html-template"],
    types: Object.keys(manifest.peerDependencies),
  },
  "cli/": {
    files: [...contracts, "index.ts", "core/", "codecs/", "stores/", "flask/", "inspect/", "admin/", "cli/"],
    packages: ["node:", "commander", "fast-string-width"],
    types: Object.keys(manifest.peerDependencies),
  },
  "testing/": { files: [...contracts, "index.ts", "core/", "stores/memory.ts", "testing/"], packages: ["node:"] },
};

/** What a file of `src` (named from there) imports against the rules, one sentence each. */
export function findViolations(file: string, source: string): string[] {
  const name = Object.keys(layers).find((layer) => file.startsWith(layer));
  const layer = name === undefined ? undefined : layers[name];
  if (layer === undefined) return [`src/${file} belongs to no layer: add its folder to scripts/check-layers.ts.`];

  return importsOf(source)
    .filter(({ from, isType }) => {
      if (!from.startsWith(".")) return !isAmong([...layer.packages, ...(isType ? (layer.types ?? []) : [])], from);
      return !isAmong([...layer.files, `${name}lib/`], posix.join(posix.dirname(file), from));
    })
    .map(({ from, isType }) => `src/${file} must not import ${isType ? "types from " : ""}"${from}".`);
}

function isAmong(allowed: string[], name: string): boolean {
  return allowed.some((entry) => (/[:/]$/.test(entry) ? name.startsWith(entry) : name === entry));
}

function importsOf(source: string): { from: string; isType: boolean }[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const statement = /^(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;
  return [...code.matchAll(statement)].map(([, type, from, dynamic]) => ({
    from: from ?? dynamic ?? "",
    isType: type !== undefined,
  }));
}

if (import.meta.main) {
  const files = globSync("**/*.ts", { cwd: "src" }).map((file) => file.replaceAll(sep, "/"));
  const violations = files.flatMap((file) => findViolations(file, readFileSync(`src/${file}`, "utf8")));
  for (const violation of violations) console.error(violation);
  process.exitCode = violations.length > 0 ? 1 : 0;
}
