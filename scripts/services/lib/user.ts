import { execFileSync, spawnSync } from "node:child_process";

export interface User {
  uid: number;
  gid: number;
}

/** Whom servers run as when root starts them: several refuse to run as root. Undefined where this isn't root. */
export function ordinaryUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const ask = (flag: string) => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  return { uid: ask("-u"), gid: ask("-g") };
}

/** Runs a program to its end, as the user that servers run as. Throws with what it printed if it fails. */
export function runAsUser(program: string, args: string[], options: { cwd: string; input?: string }): void {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    ...options,
    ...ordinaryUser(),
    encoding: "utf8",
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} failed:\n${stdout}${stderr}`);
}
