import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

/* Runbooks are read when nobody has the patience for a command that was renamed. */

const PAGES = [
  ...["sizing", "high-availability", "monitoring", "incidents"].map((name) => `docs/operations/${name}.md`),
  ...globSync("docs/security/*.md"),
];
/** Options that many commands have. */
const COMMON = readFileSync("src/cli/lib/command.ts", "utf8");

const commands = PAGES.flatMap((page) =>
  [...readFileSync(page, "utf8").matchAll(/`(?:npx )?dewar ([a-z]\w*)([^`]*)`/g)].map(([, name = "", rest = ""]) => ({
    page,
    name,
    options: [...rest.matchAll(/--[\w-]+/g)].map(([option]) => option),
  })),
);

it("the pages name commands", () => expect(commands.length).toBeGreaterThan(20));

it.each(commands)("$page: dewar $name $options", ({ name, options }) => {
  const source = readFileSync(`src/cli/commands/${name}.ts`, "utf8");
  expect(source).toContain(`.command("${name}")`);
  for (const option of options) expect(source + COMMON).toMatch(new RegExp(`["\\s]${option}\\b`));
});
