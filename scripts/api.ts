// Why: an editor's assistant that helps a user write code looks into node_modules. `API.md` is what it needs, in few words: how
// to mount each adapter, what traps there are, and the declarations as they stand in the source. `node scripts/api.ts` writes it
// again; a test holds that it is current.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** What a user writes against, in the order in which he meets it. */
const declarations: [file: string, ...names: string[]][] = [
  ["core/duration.ts", "Duration"],
  ["core/options.ts", "SessionOptions"],
  ["core/set-cookie.ts", "CookieOptions"],
  ["core/session.ts", "Session"],
  ["core/manager.ts", "SessionManager", "SessionInfo"],
  ["core/errors.ts", "SessionErrorCode"],
];

/** `API.md` as it should be. */
export function apiPage(): string {
  const parts = declarations.flatMap(([file, ...names]) => {
    const source = readFileSync(join(root, "src", file), "utf8");
    return names.map((name) => declarationOf(source, name));
  });
  const foreign = ["Codec", "DeviceUse", "Flash", "SessionData", "SessionEvent", "Store", "Wire"];
  const body = parts.join("\n\n");
  const used = foreign.filter((name) => new RegExp(`\\b${name}\\b`).test(body));
  const code = `import type { ${used.join(", ")} } from "dewar";\n\n${body}`;
  return readFileSync(join(import.meta.dirname, "api.template.md"), "utf8").replace("<declarations>", () => code);
}

/** A declaration with what is said within it; without its own docstring, whose example the page has already. */
function declarationOf(source: string, name: string): string {
  const start = source.search(new RegExp(`^export (interface|type) ${name}\\b`, "m"));
  if (start < 0) throw new Error(`There is no ${name} any more: scripts/api.ts names it.`);
  const text = source.slice(start + "export ".length);
  const end = text.startsWith("interface") ? text.indexOf("\n}") + 2 : text.indexOf(";\n") + 1;
  return text
    .slice(0, end)
    .replace(/\n +\*\n +\* @example\n(?: +\*(?!\/).*\n)+/g, "\n")
    .replaceAll("ListFilter", '{ subject?: string; after?: string; limit?: number; order?: "any" }')
    .replace("client?: Client", "client?: { address?: string; userAgent?: string; secure?: boolean }")
    .replaceAll("Header[]", "[name: string, value: string][]");
}

if (import.meta.main) writeFileSync(join(root, "API.md"), apiPage());
