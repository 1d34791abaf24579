import { createRequire } from "node:module";
import { join } from "node:path";
import { fileStore } from "dewar/stores/file";
import { countCalls } from "../calls.ts";
import type { Opened, PeerSessions, Place } from "./store.ts";

const require = createRequire(import.meta.url);

/** A call of the store counts as one command, whatever it asks of the file system. */
export async function dewar({ folder }: Place): Promise<Opened> {
  const store = fileStore({ dir: join(folder, "dewar") });
  await store.setup?.();
  countCalls(store, ["create", "read", "replace", "delete"]);
  return { store, close: async () => store.close?.() };
}

export async function peer({ folder }: Place, sessions: PeerSessions): Promise<object> {
  const FileStore = require("session-file-store")(sessions) as new (options: object) => object;
  return countCalls(new FileStore({ path: join(folder, "peer"), logFn: () => {} }), ["get", "set", "touch"]);
}
