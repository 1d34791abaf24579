import { spawnSync } from "node:child_process";

export interface Outcome {
  code: number;
  /** What it printed, when that was kept. */
  output: string;
}

/** Runs a command line to its end. `quiet` keeps what it prints instead of showing it. */
export function sh(command: string, options: { quiet?: boolean } = {}): Outcome {
  const { status, stdout, stderr, error } = spawnSync(command, {
    shell: true,
    stdio: ["ignore", ...(options.quiet ? (["pipe", "pipe"] as const) : (["inherit", "inherit"] as const))],
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (error) throw error;
  return { code: status ?? 1, output: options.quiet ? stdout + stderr : "" };
}
