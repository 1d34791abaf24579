import { parseArgs } from "node:util";

/** A mistake of who typed the command: the message says it all. */
export class UsageError extends Error {}

export interface Options {
  /** Undefined: 3000, or the next one that is free. */
  port: number | undefined;
  host: string;
  store: string;
}

export const usage = `Usage: npm run demo -- [options]

  --store WHERE   where sessions are kept:
                    sqlite          a file beside the shop (default)
                    sqlite:FILE     another file
                    memory          nowhere: they end with the shop
                    redis://HOST    Redis or Valkey; rediss:// over TLS
                    cookie          in the visitor's cookie, encrypted; the key in a file beside the shop
                    cookie:FILE     the key in another file
  --port NUMBER   default 3000, or the next one that is free
  --host ADDRESS  default 127.0.0.1; "0.0.0.0" lets your phone in
  --help          this text
`;

/** Reads the command line. Undefined if it asks for help; throws `UsageError`. */
export function readOptions(args: string[]): Options | undefined {
  const { port, host, store, help } = parse(args);
  if (help) return undefined;
  if (host === "") throw new UsageError("--host takes an address or a name, such as 127.0.0.1.");
  return { port: port === undefined ? undefined : readPort(port), host, store };
}

function parse(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        store: { type: "string", default: "sqlite" },
        port: { type: "string" },
        host: { type: "string", default: "127.0.0.1" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 0 && port <= 65_535) return port;
  throw new UsageError(`--port takes a number from 0 to 65535, not "${text}".`);
}
