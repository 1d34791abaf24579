import { expect, test } from "vitest";
import { blocksOf, checkCode, uncheckedCode } from "../../scripts/check-code.ts";

const fence = "```";

test("a mistake is reported where it stands in the document", () => {
  const markdown = `# Title\n\n${fence}ts\nconst count: number = 1;\nconst name: string = count;\n${fence}\n`;
  const docstring = `/**\n * @example\n * ${fence}ts\n * const flag: boolean = "no";\n * ${fence}\n */\n`;
  const { count, errors } = checkCode({ "guide.md": markdown, "src/file.ts": docstring });
  expect(count).toBe(2);
  expect(errors).toContain("guide.md(5,7): error TS2322");
  expect(errors).toContain("src/file.ts(4,10): error TS2322");
});

test("a block stands alone, but for what the comment before it declares", () => {
  const hidden = `<!-- preamble:\ndeclare const total: number;\n-->\n\n${fence}ts\nexport const half = total / 2;\n${fence}\n`;
  const next = `${fence}ts\nexport const third = total / 3;\n${fence}\n`;
  expect(checkCode({ "guide.md": hidden }).errors).toBe("");
  expect(checkCode({ "guide.md": hidden + next }).errors).toContain("guide.md(9,22): error TS2304");
});

test("what a block declares for a module does not reach the others", () => {
  const augment = (type: string) =>
    `${fence}ts\ndeclare module "node:fs" { interface Stats { mine: ${type} } }\nexport {};\n${fence}\n`;
  expect(checkCode({ "guide.md": augment("string") + augment("number") }).errors).toBe("");
});

test("only blocks marked ts are code to check", () => {
  expect(blocksOf(`${fence}sh\nnpm test\n${fence}\n\n${fence}ts\nlet a;\n${fence}\n`, true)).toHaveLength(1);
  expect(uncheckedCode("guide.md", `${fence}js\nlet a;\n${fence}\n`)).toEqual(["guide.md:1: mark the block as ts"]);
  expect(uncheckedCode("src/file.ts", " * @example\n * save();\n")).toHaveLength(1);
});

test("a block marked tsx is checked as such, and knows what is declared beside its page", () => {
  const page = (body: string) => `${fence}tsx\nimport { redirect } from "next/navigation";\n${body}\n${fence}\n`;
  expect(checkCode({ "docs/start/next.md": page(`export const a = <a href="/">{redirect("/")}</a>;`) }).errors).toBe(
    "",
  );
  const { errors } = checkCode({ "docs/start/next.md": page("export const a = <a>{redirect(1)}</a>;") });
  expect(errors).toContain("docs/start/next.md(3,31): error TS2345");
});

test("JavaScript stands only where it is run, and no block has a label that would hide it from the check", () => {
  const block = (mark: string) => `${fence}${mark}\nlet a;\n${fence}\n`;
  expect(uncheckedCode("docs/start/koa.md", block("js") + block("ts") + block("tsx") + block("sh"))).toEqual([]);
  for (const mark of ["js", "jsx", "cjs", "mts", "ts [app.ts]"]) {
    expect(uncheckedCode("docs/why.md", block(mark))).toHaveLength(1);
  }
});
