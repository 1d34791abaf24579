import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createClient } from "redis";
import { expressServer } from "./apps/express.ts";
import { fastifyServer } from "./apps/fastify.ts";
import { storeCalls } from "./calls.ts";
import type { Framework, StoreName, Variant } from "./plan.ts";
import type { Redis, VariantModule } from "./variants/variant.ts";

/*
 * One variant of the application in a process of its own, so that its CPU time is nobody else's. It tells its port
 * when it is ready, and its usage whenever it is asked.
 */

/** What this process is to serve. */
export interface Order {
  framework: Framework;
  variant: Variant;
  store: StoreName;
  redis: string;
  folder: string;
}

/** CPU time of user and system in microseconds, and store calls, both since the start. */
export interface Usage {
  cpu: number;
  calls: number;
}

/** Imported on demand: no variant carries the code of another. */
const modules: Record<Variant, () => Promise<VariantModule>> = {
  none: () => import("./variants/none.ts"),
  minimum: () => import("./variants/minimum.ts"),
  dewar: () => import("./variants/dewar.ts"),
  lazy: () => import("./variants/dewar.ts"),
  peer: () => import("./variants/peer.ts"),
};

async function serve({ framework, variant, store, redis, folder }: Order): Promise<Server> {
  const install = await modules[variant]();
  const client = store === "redis" ? ((await createClient({ url: redis }).connect()) as Redis) : undefined;
  const setting = { store, client, folder, lazy: variant === "lazy" };
  return framework === "express"
    ? await expressServer((app) => install.express(app, setting))
    : await fastifyServer((app) => install.fastify(app, setting));
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpu: user + system, calls: storeCalls() };
}

const server = await serve(JSON.parse(process.argv[2] ?? "{}") as Order);
server.keepAliveTimeout = 0; // connections idle while the other variants have their turn
process.on("message", () => process.send?.(usage()));
process.on("disconnect", () => process.exit());
process.send?.((server.address() as AddressInfo).port);
