import { once } from "node:events";
import { createServer } from "node:http";
import { createSessionManager } from "dewar";
import { createApp } from "./app.ts";
import { isLoopback, listen, urlOf } from "./listen.ts";
import { type Options, readOptions, UsageError, usage } from "./options.ts";
import { openKeep } from "./store.ts";

async function open(options: Options): Promise<void> {
  const keep = await openKeep(options.store);
  const local = isLoopback(options.host);
  // Not every browser takes http on loopback for secure (Safari doesn't).
  const secure = local && "auto";
  const manager = createSessionManager({ ...keep.options, idleTimeout: "1d", cookie: { name: "keepwell", secure } });
  const server = createServer(createApp(manager, keep.where));
  const close = async (): Promise<void> => {
    await manager.close();
    await keep.close?.();
  };

  try {
    const port = await listen(server, options);
    console.log(banner(urlOf(options.host, port), keep.where, local));
  } catch (error) {
    await close();
    throw error;
  }

  const stop = async (): Promise<void> => {
    server.close();
    // A browser holds connections open on which it asks nothing.
    setTimeout(() => server.closeAllConnections(), 1000).unref();
    await once(server, "close");
    await close();
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

function banner(url: string, where: string, local: boolean): string {
  const plain = `
  Over plain http, other machines reach the shop, so cookies are sent without "Secure":
  whoever can read the network can read them.
`;
  return `
  Keepwell, a small shop whose sessions are kept ${where}.
${local ? "" : plain}
  Shop: ${url}

  Try it: put a flask into the cart, sign in, stop the shop with Ctrl-C, and start it again.
`;
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options) await open(options);
  else console.log(usage);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof UsageError) console.error("--help shows the options.");
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
