import type { Store } from "../../../store.ts";
import { owning } from "../owning.ts";
import { within } from "../within.ts";

/** Milliseconds: how long a server may take to answer at first, and a connection to close. */
export const PATIENCE = 5000;

/** A connection that a store is made over. */
export interface Connection {
  /** Who it is with, for errors: `Redis at localhost:6379`. */
  server: string;
  /** Resolves once the server has answered something. */
  connect(): Promise<unknown>;
  close(): unknown;
}

/** Imports a driver, and says how to install one that is missing. */
export async function importDriver<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
    if (!isMissing || !error.message.includes(name)) throw error;
    throw new Error(`The package "${name}" isn't installed: npm install ${name}`, { cause: error });
  }
}

/** Connects, within bounds, and makes the store. What fails leaves no connection behind. */
export async function open(connection: Connection, makeStore: () => Store): Promise<Store> {
  try {
    await within(PATIENCE, connection.connect(), () => new Error("it doesn't answer"));
    return owning(makeStore(), () => closeWithinPatience(connection));
  } catch (error) {
    // Nobody waits for it: why it couldn't connect is what matters.
    closeWithinPatience(connection).catch(() => {});
    if (error instanceof TypeError && !("code" in error)) throw error;
    throw new Error(`Can't connect to ${connection.server}: ${reason(error)}`, { cause: error });
  }
}

async function closeWithinPatience(connection: Connection): Promise<void> {
  const close = Promise.resolve(connection.close());
  await within(PATIENCE, close, () => new Error(`The connection to ${connection.server} doesn't close.`));
}

/** Node tries every address of a name, and its error for all of them has no message of its own. */
function reason(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(reason).join(", ");
  return error instanceof Error ? error.message : "unknown error";
}
