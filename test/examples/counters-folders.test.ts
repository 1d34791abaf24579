import { existsSync, globSync, readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import root from "../../package.json" with { type: "json" };
import { counters, folder } from "./counters/list.ts";

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies?: Record<string, string>;
  scripts: Record<string, string>;
}

/** What no file imports by name, and is needed all the same. */
const UNNAMED: Record<string, string[]> = { next: ["react-dom", "@types/react-dom", "typescript"] };

const folders = globSync("{adapters,stores}/*", { cwd: folder }).sort();
const manifests = new Map(folders.map((name) => [name, JSON.parse(read(name, "package.json")) as Manifest]));

describe.each(folders)("%s", (name) => {
  const manifest = manifests.get(name) as Manifest;
  const listed = { ...manifest.dependencies, ...manifest.devDependencies };
  const files = sources(name);

  test("is tried", () => {
    expect(counters.map((counter) => counter.name)).toContain(name);
  });

  test("stands alone: no file of it imports one outside", () => {
    const outside = files.flatMap((file) =>
      importsOf(name, file).filter(
        (target) => target.startsWith(".") && normalize(join(file, "..", target)).startsWith(".."),
      ),
    );
    expect(outside).toEqual([]);
  });

  test("names the packages that it imports, and no other", () => {
    const imported = new Set(files.flatMap((file) => importsOf(name, file)).flatMap(packageOf));
    const unnamed = [...imported].flatMap((one) => UNNAMED[one] ?? []);
    const typed = files.some((file) => /\.tsx?$/.test(file)) ? ["@types/node"] : [];
    const types = [...imported].map(typesOf).filter((one) => typed.length > 0 && hasTypes(one));
    expect(Object.keys(listed).sort()).toEqual([...new Set([...imported, ...unnamed, ...typed, ...types])].sort());
  });

  test("says how to run it, and what to read", () => {
    const readme = read(name, "README.md");
    for (const script of Object.keys(manifest.scripts)) expect(readme).toMatch(new RegExp(`npm (run )?${script}\\b`));
    const named = [...readme.matchAll(/`([\w/-]+\.[jt]sx?)`/g)].map(([, file]) => file);
    expect(files).toEqual(expect.arrayContaining(named));
  });
});

test("a package has the same version everywhere, the root included", () => {
  const ranges = new Map<string, Set<string>>();
  for (const { dependencies, devDependencies } of [...manifests.values(), { ...root, dependencies: {} }]) {
    for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies })) {
      ranges.set(name, new Set(ranges.get(name)).add(range));
    }
  }
  // The root's compiler is newer than what Next can use.
  const different = [...ranges].filter(([name, { size }]) => size > 1 && name !== "typescript");
  expect(different).toEqual([]);
});

test.each([
  ["page.ts", 1],
  ["serve.ts", 1],
  ["tsconfig.json", 2], // Next has one of its own.
  // For the headers of Node, and for those of a Request.
  ["forms.ts", 2],
])("%s is the same wherever it is", (file, versions) => {
  const texts = folders.flatMap((name) =>
    [file, `lib/${file}`].filter((path) => has(name, path)).map((path) => read(name, path)),
  );
  expect(texts.length).toBeGreaterThan(2);
  expect(new Set(texts).size).toBe(versions);
});

test("of the stores only sessions.ts differs", () => {
  const stores = folders.filter((name) => name.startsWith("stores"));
  expect(stores.map((name) => sources(name))).toEqual(
    stores.map(() => ["forms.ts", "page.ts", "serve.ts", "server.ts", "sessions.ts"]),
  );
  expect(new Set(stores.map((name) => read(name, "server.ts"))).size).toBe(1);
});

test("the servers of compose.yaml are for this machine only", () => {
  const compose = readFileSync(join(folder, "../compose.yaml"), "utf8");
  const ports = [...compose.matchAll(/^ {4}ports: (.*)$/gm)].map(([, list]) => list);
  expect(ports).toHaveLength(5);
  for (const list of ports) expect(list).toMatch(/^\["127\.0\.0\.1:(\d+):\1"\]$/);
});

function sources(name: string): string[] {
  const found = globSync("**/*.{ts,tsx,js}", { cwd: join(folder, name), exclude: ["node_modules", ".next"] });
  return found.filter((file) => file !== "next-env.d.ts").sort();
}

function importsOf(name: string, file: string): string[] {
  const imports = read(name, file).matchAll(/(?:\bfrom |^import |\brequire\()"([^"]+)"/gm);
  return [...imports].map(([, target = ""]) => target);
}

function packageOf(target: string): string[] {
  if (/^(\.|node:|@\/)/.test(target)) return [];
  return [target.split("/", target.startsWith("@") ? 2 : 1).join("/")];
}

function typesOf(name: string): string {
  return `@types/${name}`;
}

/** Whether its types are a package of their own: the installed one has none. */
function hasTypes(types: string): boolean {
  return folders.some((name) => types in (manifests.get(name)?.devDependencies ?? {}));
}

function has(name: string, file: string): boolean {
  return existsSync(join(folder, name, file));
}

function read(...path: string[]): string {
  return readFileSync(join(folder, ...path), "utf8");
}
