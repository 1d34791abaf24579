import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { Client } from "undici";
import { request, type Visitor } from "./load.ts";
import { pin } from "./pin.ts";
import type { Scenario, Variant } from "./plan.ts";
import type { Order, Usage } from "./server.ts";

/** A variant that serves, in a process of its own, and those who visit it. */
export interface Running {
  variant: Variant;
  process: ChildProcess;
  /** Those with a session, each with its own: two writers of one session would measure something else. */
  known: Visitor[];
  /** Those without. */
  fresh: Visitor[];
}

const visitors = 16;

/** Starts a variant and gives its visitors their sessions. */
export async function start(order: Order): Promise<Running> {
  const server = fork(new URL("server.ts", import.meta.url), [JSON.stringify(order)], {
    env: { ...process.env, NODE_ENV: "production" },
  });
  const port = await answer<number>(server);
  pin(server.pid, "server");
  const fresh = Array.from({ length: visitors }, () => ({
    client: new Client(`http://127.0.0.1:${port}`, { keepAliveTimeout: 600_000 }),
    cookie: undefined,
  }));
  const known = await Promise.all(
    fresh.map(async (visitor) => {
      const cookies = await request(visitor, "/new");
      return { ...visitor, cookie: cookies[0]?.split(";", 1)[0] };
    }),
  );
  return { variant: order.variant, process: server, known, fresh };
}

/** Who takes part in a scenario. */
export function visitorsFor({ known, fresh }: Running, scenario: Scenario): Visitor[] {
  return scenario === "new" ? fresh : known;
}

/** Asks a server what it used so far. */
export async function usageOf(running: Running): Promise<Usage> {
  running.process.send("usage");
  return await answer<Usage>(running.process);
}

/** Ends the server; its visitors leave first. */
export async function stop(running: Running): Promise<void> {
  await Promise.all(running.fresh.map(({ client }) => client.close()));
  const ended = once(running.process, "exit");
  running.process.disconnect();
  await ended;
}

/** The next message of a process; rejects if it ends instead. */
function answer<T>(from: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`a server of the benchmark ended with ${code}`));
    from.once("exit", ended);
    from.once("message", (message) => {
      from.off("exit", ended);
      resolve(message as T);
    });
  });
}
