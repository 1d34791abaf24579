import { fileURLToPath } from "node:url";
import type { PlaceName } from "../../../scripts/services/places.ts";

/** Where the counters are. */
export const folder: string = fileURLToPath(new URL("../../../examples/counters", import.meta.url));

/** What a counter's store can do. */
export interface Store {
  /** It lists a user's sessions, so it can end them. */
  lists: boolean;
  /** What is ended or changed is so for everybody: not in a cookie that somebody has copied. */
  isServer: boolean;
  /** It outlives the application. */
  isKept: boolean;
}

/** One of the example applications, and how to run it. */
export interface Counter {
  /** Its folder, and the runtime where that isn't Node. */
  name: string;
  program: string;
  args: string[];
  /** Run once before: its arguments for Node. */
  build?: string[];
  env: Record<string, string>;
  /** The servers that it needs, by the variable that tells it where. */
  servers: Record<string, PlaceName>;
  store: Store;
  /** With which code it ends when it is told to. */
  exitCode: number;
}

const ON_SERVER: Store = { lists: true, isServer: true, isKept: true };
const next = `${folder}/node_modules/next/dist/bin/next`;

export const counters: Counter[] = [
  counter("adapters/express"),
  counter("adapters/express-commonjs", { args: [`${folder}/adapters/express-commonjs/server.js`] }),
  counter("adapters/koa"),
  counter("adapters/fastify"),
  counter("adapters/hono"),
  counter("adapters/node"),
  counter("adapters/fetch"),
  onRuntime("Bun", "bun"),
  onRuntime("Deno", "deno", "run", "-A", "--quiet"),
  counter("adapters/next", {
    build: [next, "build", `${folder}/adapters/next`],
    args: [next, "start", `${folder}/adapters/next`, "--hostname", "127.0.0.1"],
    env: { NEXT_TELEMETRY_DISABLED: "1" },
    // Next's own for SIGTERM, when it has ended in order.
    exitCode: 143,
  }),
  counter("stores/memory", { store: { ...ON_SERVER, isKept: false } }),
  counter("stores/sqlite"),
  counter("stores/file"),
  counter("stores/cookie", {
    env: { SESSION_SECRET: "a secret of this test, 32 characters or more" },
    store: { lists: false, isServer: false, isKept: true },
  }),
  counter("stores/redis", { servers: { REDIS_URL: "redis" } }),
  counter("stores/postgres", { servers: { DATABASE_URL: "postgres" } }),
  counter("stores/mysql", { servers: { DATABASE_URL: "mysql" } }),
  counter("stores/mongodb", { servers: { MONGODB_URL: "mongodb" } }),
  counter("stores/memcached", { servers: { MEMCACHED_SERVERS: "memcached" }, store: { ...ON_SERVER, lists: false } }),
  counter("stores/cached", { servers: { REDIS_URL: "redis", DATABASE_URL: "postgres" } }),
];

function counter(name: string, how: Partial<Counter> = {}): Counter {
  return {
    name,
    program: process.execPath,
    args: [`${folder}/${name}/server.ts`],
    env: {},
    servers: {},
    store: ON_SERVER,
    exitCode: 0,
    ...how,
  };
}

/** As `npm run check` installs it. */
function onRuntime(name: string, command: string, ...args: string[]): Counter {
  const program = fileURLToPath(new URL(`../../../scripts/runtimes/node_modules/.bin/${command}`, import.meta.url));
  return counter(`adapters/fetch on ${name}`, { program, args: [...args, `${folder}/adapters/fetch/server.ts`] });
}
