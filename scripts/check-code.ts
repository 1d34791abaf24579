// Why: code in documentation rots unseen. Every block marked `ts` or `tsx`, in Markdown and in the docstrings of `src`, is
// checked as a user's own file would be: strictly, alone, by the public names, against the built package.
// Blocks marked `js` stand only where a test runs them: test/docs/start.test.ts.
//
// What a block needs but a reader doesn't goes into a comment before it: <!-- preamble: declare const app: Express; -->
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { sh } from "./lib/sh.ts";

/** Below the root, so that `dewar` is the package itself; of its own, so that two checks can run at once. */
const folder = `.cache/code-${process.pid}`;

export interface Block {
  /** Where its fence stands. */
  line: number;
  language: "ts" | "tsx";
  /** The whole document with all but the block (and what goes before it) blanked, so that positions stay true. */
  code: string;
}

/** The blocks of a document: Markdown, or TypeScript with Markdown in its docstrings. */
export function blocksOf(document: string, isMarkdown: boolean): Block[] {
  const lines = document.split("\n").map((line) => (isMarkdown ? line : ofComment(line)));
  const blocks: Block[] = [];
  let preamble: string[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (/^\s*<!-- preamble:/.test(line)) {
      const end = endOf(lines, index, /-->\s*$/);
      preamble = only(lines, index, end).map((text) => text.replace(/<!-- preamble:|-->\s*$/g, ""));
      index = end;
    } else if (/^\s*```tsx?\s*$/.test(line)) {
      const end = endOf(lines, index + 1, /^\s*```\s*$/);
      const code = only(lines, index + 1, end - 1).map((text, at) => text || (preamble[at] ?? ""));
      const language = line.trim() === "```tsx" ? "tsx" : "ts";
      blocks.push({ line: index + 1, language, code: code.join("\n") });
      preamble = [];
      index = end;
    } else if (line.trim() !== "") {
      preamble = [];
    }
  }
  return blocks;
}

/** What a line says to who reads the docstring, at its place in the line; blank if it is code. */
function ofComment(line: string): string {
  const star = /^\s*\*(?!\/) ?/.exec(line)?.[0];
  return star === undefined ? "" : line.replace(star, " ".repeat(star.length));
}

/** Code that would escape the check, as `file:line: reason`. */
export function uncheckedCode(name: string, document: string): string[] {
  const lines = document.split("\n");
  return lines.flatMap((line, index) => {
    const at = `${name}:${index + 1}`;
    const [, mark = ""] = /^\s*(?:\* )?```(\w+)/.exec(line) ?? [];
    const isRun = mark === "js" && name.startsWith("docs/start/");
    const isCode = /^(typescript|[cm]ts|javascript|[cm]?jsx?)$/.test(mark);
    if (isCode && !isRun) return [`${at}: mark the block as ts`];
    if (/^\s*(?:\* )?```tsx?\s+\S/.test(line)) return [`${at}: a block that is checked has no label`];
    const isBareExample = /^\s*\* @example\b/.test(line) && !/^\s*\* ```ts\s*$/.test(lines[index + 1] ?? "");
    return isBareExample ? [`${at}: an @example starts with \`\`\`ts`] : [];
  });
}

function endOf(lines: string[], from: number, pattern: RegExp): number {
  const end = lines.findIndex((line, index) => index >= from && pattern.test(line));
  return end < 0 ? lines.length : end;
}

function only(lines: string[], from: number, to: number): string[] {
  return lines.slice(0, to + 1).map((line, index) => (index < from ? "" : line));
}

/** Writes the blocks of these documents out and checks them. Returns the compiler's words, at the places where they stand. */
export function checkCode(documents: Record<string, string>): { count: number; errors: string } {
  const together: string[] = [];
  const alone: string[] = [];
  for (const [name, content] of Object.entries(documents)) {
    for (const { line, language, code } of blocksOf(content, name.endsWith(".md"))) {
      const file = `${name}/${line}.${language}`;
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      // Where a block does nothing but declare, some other file of the user's program imports the package; only there, so
      // that the blocks of the adapters prove that importing these is enough.
      const declaresAlone = code.includes("declare module") && !/from "dewar/.test(code);
      writeFileSync(join(folder, file), declaresAlone ? `${code}\nimport type {} from "dewar";` : code);
      // An augmentation reaches all files of a program, so such a block has one to itself.
      (code.includes("declare module") ? alone : together).push(file);
    }
  }
  const programs = [together, ...alone.map((file) => [file])].filter((files) => files.length > 0);
  // What blocks of a page import that isn't installed here is declared beside it: `next.md`, `next.d.ts`. From here, `dewar`
  // is the package itself.
  const declared = Object.keys(documents)
    .map((name) => name.replace(/\.md$/, ".d.ts"))
    .filter((name) => name.endsWith(".d.ts") && existsSync(name));
  for (const name of declared) copyFileSync(name, join(folder, name));
  const errors = programs.map((files, index) => check([...files, ...declared], `tsconfig.${index}.json`)).join("");
  rmSync(folder, { recursive: true, force: true });
  return { count: together.length + alone.length, errors };
}

function check(files: string[], config: string): string {
  // The package's own declarations are checked with them; what other packages declare wrongly is none of our business.
  const user = { paths: {}, skipLibCheck: false, noUnusedLocals: false, noUnusedParameters: false };
  const compilerOptions = {
    ...user,
    declaration: false,
    isolatedDeclarations: false,
    moduleDetection: "force",
    jsx: "preserve",
  };
  const content = { extends: "../../tsconfig.json", compilerOptions, include: [], files };
  writeFileSync(join(folder, config), JSON.stringify(content));
  const { output } = sh(`tsc --pretty false -p ${join(folder, config)}`, { quiet: true });
  const errors = output.split(/^(?=\S)/m).filter((error) => !error.startsWith("node_modules/"));
  return errors.join("").replace(/^\.cache\/code-\d+\/(.*)\/\d+\.tsx?/gm, "$1");
}

if (import.meta.main) {
  const names = globSync(["*.md", "docs/**/*.md", "src/**/*.ts"], {
    exclude: ["CHANGELOG.md", "**/node_modules", "docs/reference", "docs/source"],
  });
  const documents = Object.fromEntries(names.map((name) => [name.replaceAll(sep, "/"), readFileSync(name, "utf8")]));
  const { count, errors } = checkCode(documents);
  const unchecked = Object.entries(documents).flatMap(([name, content]) => uncheckedCode(name, content));
  console.log(`${count} blocks of code checked`);
  console.error([...unchecked, errors].join("\n").trim());
  process.exitCode = errors || unchecked.length > 0 ? 1 : 0;
}
