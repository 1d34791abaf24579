import process from "node:process";

/** Tells that clearing up, which nobody waits for, has failed. */
export function warnOfPruning(error: unknown): void {
  const reason = error instanceof Error ? error.message : "unknown error";
  process.emitWarning(`Expired sessions could not be removed, and are tried again later: ${reason}`);
}
