import type { Store } from "dewar";
import type { Service } from "../../scripts/services/service.ts";

/** Where a store keeps its sessions. */
export interface Place {
  /** Of its server; empty without one. */
  url: string;
  /** Where files go; removed afterwards. */
  folder: string;
}

/** A store that is ready to use, on a client of its own. */
export interface Opened {
  store: Store;
  /** Ends the store and its client. */
  close(): Promise<void>;
}

/** What express-session and @fastify/session both bring, as the stores of others want it. */
export interface PeerSessions {
  /** Theirs to inherit from. */
  Store: new () => object;
  /** The framework's own, for development. */
  MemoryStore: new () => object;
}

/** What each file of this folder exports. Stores and clients are made with the defaults that their users get. */
export interface StoreModule {
  /** Whether the machine has its server. */
  isAvailable?: boolean;
  /** Starts its server. Left out: a folder is all that it needs. */
  start?(): Promise<Service>;
  /** dewar's store. */
  dewar(place: Place): Promise<Opened>;
  /** The peer's, from the same client. */
  peer?(place: Place, sessions: PeerSessions): Promise<object>;
  /** Does what the server's own housekeeping would do after many writes, so that it doesn't do it amid a measurement. */
  settle?(place: Place): Promise<void>;
  /** The commands that clients send while `work` runs, where the server tells. Else the module counts: see `countCalls`. */
  commandsDuring?(url: string, work: () => Promise<void>): Promise<string[]>;
}
