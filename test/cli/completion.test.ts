import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { dewar } from "./lib/dewar.ts";

const script = await dewar(["completion", "bash"]);

/** What bash offers for a line, with the cursor at its end. */
function complete(line: string): string[] {
  const words = line.split(" ");
  const setting = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}`;
  const code = `${script.out}\n${setting}; _dewar; printf '%s\\n' "\${COMPREPLY[@]}"; complete -p dewar >&2`;
  const { stdout, stderr } = spawnSync("bash", ["--norc", "-uo", "pipefail", "-c", code], {
    encoding: "utf8",
    cwd: new URL("../..", import.meta.url),
  });
  expect(stderr).toContain("complete -F _dewar dewar");
  return stdout.split("\n").filter(Boolean);
}

it("knows the commands and options that there are", async () => {
  const help = (await dewar(["--help"])).out;
  const names = complete("dewar ");
  for (const [, name = ""] of help.matchAll(/^ {2}([a-z]+) .*$/gm)) expect(names).toContain(name);
  expect(complete("dewar re")).toEqual(["revoke"]);
  expect(complete("dewar revoke --")).toEqual(
    expect.arrayContaining(["--user", "--except", "--all", "--yes", "--store", "--json", "--help"]),
  );
  expect(complete("dewar show --u")).toEqual([]);
});

it("knows what options and arguments take", () => {
  expect(complete("dewar completion ").filter((word) => !word.startsWith("-"))).toEqual(["bash", "zsh", "fish"]);
  expect(complete("dewar ddl --dialect ")).toEqual(["postgres", "mysql", "sqlite"]);
  expect(complete("dewar list --config package.")).toEqual(["package.json"]);
  expect(complete("dewar list --user ")).toEqual([]);
});

it.each(["zsh", "fish"])("%s: is a script that the shell can read, where there is one", async (shell) => {
  const { code, out } = await dewar(["completion", shell]);
  expect(code).toBe(0);
  for (const name of ["revoke", "watch", "except", "reveal"]) expect(out).toContain(name);
  if (spawnSync(shell, ["--version"]).error !== undefined) return;
  const folder = await mkdtemp(join(tmpdir(), "dewar-completion-"));
  try {
    await writeFile(join(folder, "script"), out);
    const { status, stderr } = spawnSync(shell, ["-n", join(folder, "script")], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  } finally {
    await rm(folder, { recursive: true });
  }
});
