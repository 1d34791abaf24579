import { type ChildProcess, spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Io } from "../../../src/cli/lib/io.ts";
import { run } from "../../../src/cli/program.ts";

export interface Result {
  code: number;
  out: string;
  err: string;
}

export interface Surroundings {
  env?: Record<string, string>;
  cwd?: string;
  /** Whether all three streams are a terminal. */
  tty?: boolean;
  /** What is typed, a line at a time. */
  typed?: string;
  signal?: AbortSignal;
}

/** Runs a command line in this process. */
export async function dewar(argv: string[], surroundings: Surroundings = {}): Promise<Result> {
  const { env = {}, cwd = "/", tty = false, typed, signal } = surroundings;
  const interruption = new AbortController();
  signal?.addEventListener("abort", () => interruption.abort(signal.reason));
  const [out, err] = [collector(tty), collector(tty)];
  const stdin = Object.assign(new PassThrough(), { isTTY: tty, setRawMode() {} });
  if (typed !== undefined) stdin.write(typed);
  const io: Io = {
    argv,
    env,
    cwd,
    stdin,
    stdout: out.stream,
    stderr: err.stream,
    signal: interruption.signal,
    interrupt: () => interruption.abort(130),
  };
  const code = await run(io);
  return { code, out: out.text(), err: err.text() };
}

function collector(tty: boolean) {
  let text = "";
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY: tty, columns: 100 }), text: () => text };
}

// The sources are stripped of their types once, not in each process.
process.env["NODE_COMPILE_CACHE"] ??= join(tmpdir(), "dewar-tests-compiled");

const MAIN = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));

/** Starts the command as a process of its own. */
export function start(argv: string[], options: { env?: Record<string, string>; cwd?: string } = {}): ChildProcess {
  const { DEWAR_STORE: _, NO_COLOR: __, FORCE_COLOR: ___, ...env } = process.env;
  return spawn(process.execPath, [MAIN, ...argv], { ...options, env: { ...env, ...options.env } });
}

/** What a process said, once it is over. */
export function finished(child: ChildProcess): Promise<Result> {
  let out = "";
  let err = "";
  child.stdout?.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    err += chunk;
  });
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ code: code ?? -1, out, err }));
  });
}

/** A command line, as a shell would be given it. */
export function commandLine(argv: string[]): string {
  return [process.execPath, MAIN, ...argv].map((part) => `'${part}'`).join(" ");
}

/** Waits until a process has said something. */
export function said(stream: NodeJS.ReadableStream | null, pattern: RegExp): Promise<string> {
  let text = "";
  return new Promise((resolve, reject) => {
    stream?.on("data", (chunk) => {
      text += chunk;
      if (pattern.test(text)) resolve(text);
    });
    stream?.on("end", () => reject(new Error(`ended after: ${text}`)));
  });
}
