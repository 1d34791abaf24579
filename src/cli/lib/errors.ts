import { SessionError } from "../../core/errors.ts";
import { clean } from "../../inspect/clean.ts";
import { EXIT, Failure } from "./exit.ts";
import { redact } from "./redact.ts";

const DEEPEST = 5;

/** What an error is for who reads a terminal: one line, with what is beneath it, without credentials. */
export function describe(error: unknown): string {
  const reasons: string[] = [];
  for (let at = error, depth = 0; at !== undefined && at !== null && depth < DEEPEST; depth++) {
    const reason = messageOf(at);
    // Drivers' messages are often wrapped with their text repeated.
    if (reason !== "" && !reasons.some((one) => one.includes(reason))) reasons.push(reason);
    at = at instanceof Error ? at.cause : undefined;
  }
  const code = error instanceof SessionError ? ` (${error.code})` : "";
  if (reasons.some((reason) => reason.includes("store.setup()"))) reasons.push('from here, "dewar setup" makes it');
  return `${clean(redact(reasons.join(": "))) || "it failed, and didn't say why"}${code}`;
}

export function exitCodeOf(error: unknown): number {
  return error instanceof Failure ? error.exitCode : EXIT.failed;
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(messageOf).join(", ");
  return (error instanceof Error ? error.message : String(error)).trim();
}
