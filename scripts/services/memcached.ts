import { ask } from "./lib/ask.ts";
import { locate, type Service, serve } from "./service.ts";

const program = locate("memcached");

/** Whether this machine has Memcached. With `CI=true` it must. */
export const hasMemcached: boolean = program !== undefined;

/** It keeps everything in memory: a restart forgets it all. */
export async function startMemcached(): Promise<Service> {
  return serve({
    name: "memcached",
    program,
    // Megabytes, at most: with less it would forget sessions of the larger tests.
    args: ({ port }) => ["--listen=127.0.0.1", `--port=${port}`, "--memory-limit=512"],
    isReady: async ({ port }) => (await ask(port, "version\r\n")).startsWith("VERSION"),
    url: (port) => `memcached://127.0.0.1:${port}`,
  });
}
