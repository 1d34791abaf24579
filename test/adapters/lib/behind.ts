import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { holdResponse } from "../../../src/adapters/lib/held.ts";
import type { Header } from "../../../src/core/manager.ts";
import { type Listener, type Protocol, type Reply, Servers } from "./exchange.ts";
import { anyHandle, COOKIE, type FakeEngine } from "./fake-engine.ts";

export const PROTOCOLS: Protocol[] = ["http1", "http2"];
/** A commit that takes a moment. */
export const late =
  (headers: Header[] = COOKIE) =>
  (): Promise<Header[]> =>
    sleep(5).then(() => headers);
/** A commit that fails after a moment. */
export const failing = (): Promise<never> => sleep(5).then(() => Promise.reject(new Error("the store is down")));

/** Answers with `respond`, behind a response that waits for `engines` (outermost first), and reports failures. */
export function held(
  engines: FakeEngine[],
  respond: (response: ServerResponse) => void,
  failures: unknown[] = [],
): Listener {
  return (request, response) => {
    for (const engine of engines) {
      holdResponse(request, response, engine, anyHandle(), (error) => {
        failures.push(error);
        response.statusCode = 503;
        response.end("unavailable");
      });
    }
    respond(response);
  };
}

/** Unlike node:http's, the setters of node:http2 can't be chained. */
export function set(response: ServerResponse, headers: Record<string, string | string[]>, status = 200): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

/** Serves one request with `listener`. */
export async function exchange(protocol: Protocol, listener: Listener): Promise<Reply> {
  await using servers = new Servers();
  return servers.exchange(protocol, listener);
}
