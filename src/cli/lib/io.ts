import type { Readable, Writable } from "node:stream";

/** A stream that may be a terminal. */
export interface OutStream extends Writable {
  isTTY?: boolean;
  columns?: number;
}

/** All that the command knows of the world around it: a test hands in its own. */
export interface Io {
  /** Without the paths of node and of the program. */
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  stdin: Readable & { isTTY?: boolean };
  stdout: OutStream;
  stderr: OutStream;
  /** Aborted by Ctrl-C and the like. Its reason is the exit code. */
  signal: AbortSignal;
  /** What Ctrl-C does while a question is on the screen: there the terminal sends a key, and no signal. */
  interrupt(): void;
}
