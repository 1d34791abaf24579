#!/usr/bin/env node
import { describe } from "./lib/errors.ts";
import { EXIT } from "./lib/exit.ts";
import { run } from "./program.ts";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
  process.stderr.write(`dewar: needs Node 22.13 or later; this is ${process.version}\n`);
  process.exit(EXIT.failed);
}

// Else everybody on this machine could read in the list of processes what a URL or --secret says.
process.title = "dewar";

const SIGTERM_CODE = 143;
const interruption = new AbortController();

/** The first one lets the command come to a clean end; the second one doesn't wait. */
function interrupt(code: number): void {
  if (interruption.signal.aborted) process.exit(code);
  interruption.abort(code);
}

process.on("SIGINT", () => interrupt(EXIT.interrupted));
process.on("SIGTERM", () => interrupt(SIGTERM_CODE));

// An application's configuration may fail where nobody waits for it: a client that loses its server.
for (const event of ["uncaughtException", "unhandledRejection"]) {
  process.on(event, (error: unknown) => {
    process.stderr.write(`dewar: ${describe(error)}\n`);
    process.exit(EXIT.failed);
  });
}

// That older Nodes call SQLite and TypeScript experimental is no news to who runs a command.
process.removeAllListeners("warning");
process.on("warning", (warning) => {
  if (warning.name !== "ExperimentalWarning") process.stderr.write(`dewar: ${describe(warning)}\n`);
});

const code = await run({
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interruption.signal,
  interrupt: () => interrupt(EXIT.interrupted),
});
// An application's configuration may hold connections that nobody closes.
process.stdout.write("", () => process.exit(code));
