import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { Answer } from "../../src/testing/index.ts";

/** Sends an answer through Node's own response. */
export function respond(response: ServerResponse, { status, headers, body }: Answer): void {
  response.statusCode = status;
  for (const [name, value] of headers) response.appendHeader(name, value);
  if (body === undefined || typeof body === "string") response.end(body);
  else Readable.from(body).pipe(response);
}

/** An answer as a `Response`. */
export function toResponse({ status, headers, body }: Answer): Response {
  const content = body === undefined || typeof body === "string" ? body : ReadableStream.from(encode(body));
  return new Response(content ?? null, { status, headers: headers.map(([name, value]) => [name, value]) });
}

async function* encode(body: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const piece of body) yield encoder.encode(piece);
}
