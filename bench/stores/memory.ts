import { memoryStore } from "dewar/stores/memory";
import { countCalls } from "../calls.ts";
import type { Opened, PeerSessions, Place } from "./store.ts";

export async function dewar(): Promise<Opened> {
  const store = countCalls(memoryStore(), ["create", "read", "replace", "delete"]);
  return { store, close: async () => store.close?.() };
}

/** express-session's keeps text, @fastify/session's the very object. */
export async function peer(_place: Place, { MemoryStore }: PeerSessions): Promise<object> {
  const store = new MemoryStore();
  return countCalls(store, "touch" in store ? ["get", "set", "touch"] : ["get", "set"]);
}
