import type { Phase } from "../../core/engine.ts";

/** Of a response whose body is still to be produced, only the headers are known. */
export function phaseOf(body: unknown): Phase {
  if (typeof body !== "object" || body === null) return "response";
  // Node's streams, those of the web, and a Response, whose body may be either.
  return "pipe" in body || "getReader" in body || body instanceof Response ? "headers" : "response";
}
