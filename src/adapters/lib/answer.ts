import { STATUS_CODES } from "node:http";
import { report, SessionError } from "../../core/errors.ts";
import type { NodeResponse } from "./node-response.ts";

/** What is answered to an error of the session where no framework does: its status, as text. */
export function toResponse(error: unknown): Response {
  return error instanceof SessionError ? error.getResponse() : new Response(null, { status: 500 });
}

/** The same on a node response; where the headers are out already, the client sees the connection break. */
export function answer(error: unknown, response: NodeResponse): void {
  if (error instanceof SessionError) report(error);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.statusCode = error instanceof SessionError ? error.status : 500;
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.setHeader("Cache-Control", "no-store");
  response.end(`${STATUS_CODES[response.statusCode]}\n`);
}
