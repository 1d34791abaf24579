import { randomBytes } from "node:crypto";
import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { createSessionManager, type Store } from "../../src/index.ts";
import { connectStore } from "../../src/stores/index.ts";
import { type PlaceName, places } from "../services/places.ts";
import { gauges } from "./gauges.ts";

/** How many sessions are made for each figure. */
const SESSIONS = 10_000;
const SESSIONS_OF_USER = 5;
const IN_FLIGHT = 64;
/** Milliseconds after which a server no longer counts a connection that was closed. */
const SETTLES = 200;
/** Bytes of the record as it is stored: what a cart and a name take, a full one, and a heavy one. */
const RECORDS = [256, 1024, 4096];
/** A stand-in's figures would say nothing of MongoDB; a Cluster and Sentinels keep sessions as one Redis does. */
const KINDS = ["redis", "memcached", "postgres", "mysql", "sqlite", "file"] as const satisfies PlaceName[];

/** What `docs/data/sizes.json` holds. */
export interface SizeReport {
  date: string;
  node: string;
  cores: number;
  sessions: number;
  inFlight: number;
  stores: Record<string, StoreSizes>;
}

export interface StoreSizes {
  /** The server's version. */
  version?: string;
  /** What the process had open to the server, while the sessions were made. */
  connections?: number;
  /** Bytes of one record as the codec wrote it, and of what one session took in the store. */
  sizes: { record: number; taken: number }[];
}

export async function measureSizes(only: string, before?: SizeReport): Promise<SizeReport> {
  const stores: Record<string, StoreSizes> = { ...before?.stores };
  for (const kind of KINDS) {
    if (!kind.startsWith(only)) continue;
    if (places[kind].available) stores[kind] = await measureStore(kind);
    else console.error(`${kind}: not on this machine`);
  }
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    cores: cpus().length,
    sessions: SESSIONS,
    inFlight: IN_FLIGHT,
    stores,
  };
}

async function measureStore(kind: (typeof KINDS)[number]): Promise<StoreSizes> {
  const result: StoreSizes = { sizes: [] };
  for (const record of RECORDS) {
    // A server of its own for each figure: none leaves anything behind for the next.
    const place = await places[kind].start();
    try {
      const gauge = gauges[kind](place);
      await sleep(SETTLES);
      const others = await gauge.connections?.();
      const store = await connectStore(
        /^(postgres|mysql):/.test(place.url) ? `${place.url}?createTable=true` : place.url,
      );
      // The first session makes the table, the scripts, the directories.
      await fill(store, 1, record);
      const empty = await gauge.bytes();
      const written = await fill(store, SESSIONS, record);
      await sleep(SETTLES);
      const connections = await gauge.connections?.();
      const taken = ((await gauge.bytes()) - empty) / SESSIONS;
      await store.close?.();
      result.sizes.push({ record: Math.round(written), taken: Math.round(taken) });
      if (connections !== undefined) result.connections = connections - (others ?? 0);
      const version = await gauge.version?.();
      if (version !== undefined) result.version = version;
      console.error(`${kind}: a record of ${Math.round(written)} bytes takes ${Math.round(taken)}`);
    } finally {
      await place.stop();
    }
  }
  return result;
}

/** Makes sessions of signed-in users, as an application would. Resolves to how long their records are. */
async function fill(store: Store, count: number, record: number): Promise<number> {
  let bytes = 0;
  const measured: Store = {
    create(id, payload, meta) {
      bytes += payload.length;
      return store.create(id, payload, meta);
    },
    read: (...args) => store.read(...args),
    replace: (...args) => store.replace(...args),
    delete: (...args) => store.delete(...args),
  };
  const manager = createSessionManager({ store: measured, storeTimeout: "60s" });
  // What the record holds beside the data: times, user, revision.
  const others = 124;
  let made = 0;
  const visitor = async (): Promise<void> => {
    while (made < count) {
      const user = `user-${Math.floor(made++ / SESSIONS_OF_USER)}`;
      const session = await manager.open(null);
      // Random, so that a database that compresses gains nothing: the figure is the most that it takes.
      Object.assign(session.data, {
        text: randomBytes(record)
          .toString("base64")
          .slice(0, record - others),
      });
      session.login(user);
      await manager.commit(session);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, visitor));
  return bytes / count;
}
