import { PassThrough, Readable } from "node:stream";
import { run } from "../../../src/cli/program.ts";

export interface Invoked {
  code: number;
  stdout: string;
  stderr: string;
}

export interface World {
  env?: Record<string, string>;
  stdin?: string;
  cwd?: string;
  signal?: AbortSignal;
}

/** Runs one command line in this process, as in a pipe. */
export async function invoke(
  argv: string[],
  { env = {}, stdin = "", cwd = "/", signal }: World = {},
): Promise<Invoked> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await run({
    argv,
    env,
    cwd,
    stdin: Readable.from([stdin]),
    stdout,
    stderr,
    signal: signal ?? new AbortController().signal,
    interrupt() {},
  });
  return { code, stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? "") };
}
