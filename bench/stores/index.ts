import type { StoreName } from "../plan.ts";
import type { StoreModule } from "./store.ts";

/** Imported on demand: no process carries the client of another store. An encrypted cookie has nothing to keep. */
const storeModules: Record<Exclude<StoreName, "cookie">, () => Promise<StoreModule>> = {
  redis: () => import("./redis.ts"),
  postgres: () => import("./postgres.ts"),
  mysql: () => import("./mysql.ts"),
  mongodb: () => import("./mongodb.ts"),
  memcached: () => import("./memcached.ts"),
  sqlite: () => import("./sqlite.ts"),
  file: () => import("./file.ts"),
  memory: () => import("./memory.ts"),
};

/** Whether the machine can run a store; says so if it can't. */
export async function isAvailable(store: StoreName): Promise<boolean> {
  const module = await moduleOf(store);
  const available = module?.isAvailable ?? true;
  if (!available) process.stderr.write(`${store}: left out, as its server isn't installed\n`);
  return available;
}

/** The module of a store that has one. */
export async function moduleOf(store: StoreName): Promise<StoreModule | undefined> {
  return store === "cookie" ? undefined : await storeModules[store]();
}
