import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expressServer } from "./apps/express.ts";
import { fastifyServer } from "./apps/fastify.ts";
import { callsSoFar } from "./calls.ts";
import type { Framework, StoreName, Variant } from "./plan.ts";
import type { Place } from "./stores/store.ts";
import type { VariantModule } from "./variants/variant.ts";

/*
 * One variant of the application in a process of its own, so that its CPU time is nobody else's. It tells its port
 * when it is ready, and its usage whenever it is asked.
 */

/** What this process is to serve. */
export interface Order {
  framework: Framework;
  variant: Variant;
  store: StoreName;
  place: Place;
}

/** CPU time of user and system in microseconds, and what was asked of the store, both since the start. */
export interface Usage {
  cpu: number;
  calls: Readonly<Record<string, number>>;
}

/** Imported on demand: no variant carries the code of another. */
const modules: Record<Variant, () => Promise<VariantModule>> = {
  none: () => import("./variants/none.ts"),
  minimum: () => import("./variants/minimum.ts"),
  dewar: () => import("./variants/dewar.ts"),
  lazy: () => import("./variants/dewar.ts"),
  peer: () => import("./variants/peer.ts"),
};

async function serve({ framework, variant, store, place }: Order): Promise<Server> {
  const install = await modules[variant]();
  const setting = { store, place, lazy: variant === "lazy" };
  return framework === "express"
    ? await expressServer((app) => install.express(app, setting))
    : await fastifyServer((app) => install.fastify(app, setting));
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpu: user + system, calls: callsSoFar() };
}

const server = await serve(JSON.parse(process.argv[2] ?? "{}") as Order);
server.keepAliveTimeout = 0; // connections idle while the other variants have their turn
process.on("message", () => process.send?.(usage()));
process.on("disconnect", () => process.exit());
process.send?.((server.address() as AddressInfo).port);
