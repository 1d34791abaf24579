import { type ChildProcess, spawn, spawnSync } from "node:child_process";

/** Prints the children of the process `$1`. Linux tells by a file; elsewhere there is `pgrep`. */
const CHILDREN = "cat /proc/$1/task/$1/children 2>/dev/null || pgrep -P $1";

/** Ends a server, and removes its files, when this process ends in whatever way: its end of the pipe closes. */
export function watch(child: ChildProcess, folder: string): void {
  const script = `read _; kill -9 $1 $(${CHILDREN}); rm -rf "$2"`;
  const args = ["-c", script, "watch", String(child.pid), folder];
  const watchdog = spawn("sh", args, { stdio: ["pipe", "ignore", "ignore"], detached: true });
  child.once("exit", () => watchdog.kill("SIGKILL"));
}

/** To a process and its children: PostgreSQL has one for each connection, in groups of their own. */
export function signalTree(pid: number, signal: NodeJS.Signals): void {
  const children = childrenOf(pid);
  for (const each of [pid, ...children]) {
    try {
      process.kill(each, signal);
    } catch (error) {
      // It may have ended by itself.
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  }
}

function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync("sh", ["-c", CHILDREN, "children", String(pid)], { encoding: "utf8" });
  return stdout.split(/\s+/).filter(Boolean).map(Number);
}
