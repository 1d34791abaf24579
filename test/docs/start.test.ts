import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { freePort } from "../../scripts/services/lib/ports.ts";
import { until } from "../../scripts/services/lib/until.ts";
import { firstBlock } from "./blocks.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const runtimes = join(root, "scripts/runtimes/node_modules/.bin");

// Below the root, so that `dewar` is the package itself, as built.
mkdirSync(join(root, ".cache"), { recursive: true });
const folder = mkdtempSync(join(root, ".cache/start-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Application {
  page: string;
  language: "ts" | "js";
  /** What runs it, given its file and the port. */
  command: (file: string, port: number) => string[];
}

const node: Application["command"] = (file) => [process.execPath, "--no-warnings", file];
const applications: Application[] = [
  ...["express", "koa", "fastify", "hono", "node"].flatMap((page): Application[] => [
    { page, language: "ts", command: node },
    { page, language: "js", command: node },
  ]),
  { page: "fetch", language: "js", command: node },
  { page: "fetch", language: "ts", command: (file) => [join(runtimes, "bun"), file] },
  {
    page: "fetch",
    language: "ts",
    command: (file, port) => [join(runtimes, "deno"), "serve", "--allow-all", "--port", String(port), file],
  },
];

test.for(applications.map((application) => ({ ...application, program: programOf(application) })))(
  "the application of the page $page, in $language, by $program",
  async ({ page, language, command }, { skip }) => {
    const port = await freePort();
    const [program = ""] = command("", port);
    // Bun and Deno are installed for the checks alone.
    skip(!existsSync(program), `${program} is not installed`);
    const own = mkdtempSync(join(folder, `${page}-`));
    const file = join(own, language === "ts" ? "app.ts" : "app.cjs");
    const code = firstBlock(readFileSync(join(root, `docs/start/${page}.md`), "utf8"), language);
    expect(code).toContain("3000");
    writeFileSync(file, code.replaceAll("3000", String(port)));
    const start = () => run(command(file, port), own, port);
    const visitor = new Visitor(`http://127.0.0.1:${port}`);

    let stop = await start();
    expect(await visitor.ask("GET", "/")).toBe("Visit 1 of a guest\n");
    const before = visitor.cookie;
    expect(before).toMatch(/^session=\S{43}$/);
    expect(await visitor.ask("GET", "/")).toBe("Visit 2 of a guest\n");
    expect(visitor.cookie).toBe(before);
    expect(await visitor.ask("POST", "/login")).toBe("Signed in\n");
    expect(visitor.cookie).toMatch(/^session=\S{43}$/);
    expect(visitor.cookie).not.toBe(before);
    expect(await visitor.ask("GET", "/")).toBe("Visit 3 of ada\n");

    await stop();
    stop = await start();
    expect(await visitor.ask("GET", "/")).toBe("Visit 4 of ada\n");
    expect(await visitor.ask("POST", "/logout")).toBe("Signed out\n");
    expect(visitor.cookie).toBe("session=");
    expect(await visitor.ask("GET", "/")).toBe("Visit 1 of a guest\n");
    await stop();
  },
);

// They can't be type-checked: what isn't run here is not checked at all.
test("no JavaScript stands in the documentation but what is run here", () => {
  const run = new Set(applications.filter(({ language }) => language === "js").map(({ page }) => `start/${page}.md`));
  const pages = globSync("docs/**/*.md", {
    cwd: root,
    exclude: ["docs/node_modules/**", "docs/{reference,source}/**"],
  });
  const found = pages.flatMap((page) => {
    const count = readFileSync(join(root, page), "utf8").match(/^\s*```js\b/gm)?.length ?? 0;
    const name = page.replaceAll("\\", "/").replace("docs/", "");
    return count === 0 || (count === 1 && run.has(name)) ? [] : [name];
  });
  expect(found).toEqual([]);
});

/** A browser's part, without its rules: `Secure` is kept over plain http, as browsers do for localhost. */
class Visitor {
  cookie = "";
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async ask(method: string, path: string): Promise<string> {
    const response = await fetch(this.#url + path, { method, headers: this.cookie ? { cookie: this.cookie } : {} });
    expect(response.status).toBe(200);
    const [set] = response.headers.getSetCookie();
    if (set !== undefined) this.cookie = set.split(";")[0] ?? "";
    return response.text();
  }
}

function programOf({ command }: Application): string {
  const [program = ""] = command("", 0);
  return program === process.execPath ? "node" : program.slice(runtimes.length + 1);
}

/** Starts an application and waits until it answers. Resolves to what ends it. */
async function run([program = "", ...args]: string[], cwd: string, port: number): Promise<() => Promise<void>> {
  const child = spawn(program, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const stop = () => end(child);
  onTestFinished(stop);
  await until("the application answers", () => {
    if (child.exitCode !== null) throw new Error(`The application ended:\n${output}`);
    return answers(port);
  });
  return stop;
}

/** Any answer does. This one makes no session. */
async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/logout`, { method: "POST" }).then(
    (response) => response.ok,
    () => false,
  );
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, "exit");
}
