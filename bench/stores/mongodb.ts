import { createRequire } from "node:module";
import { mongodbStore } from "dewar/stores/mongodb";
import { type CommandStartedEvent, MongoClient } from "mongodb";
import { countCall } from "../calls.ts";
import type { Opened, Place } from "./store.ts";

const require = createRequire(import.meta.url);

export { hasMongodb as isAvailable, startMongodb as start } from "../../scripts/services/mongodb.ts";

const db = "bench";

/** The driver tells of every command that it sends. */
async function connect({ url }: Place): Promise<MongoClient> {
  const client = new MongoClient(url, { monitorCommands: true });
  client.on("commandStarted", ({ commandName }: CommandStartedEvent) => countCall(commandName));
  return await client.connect();
}

export async function dewar(place: Place): Promise<Opened> {
  const client = await connect(place);
  const store = mongodbStore({ client, db, collection: "dewar" });
  await store.setup?.();
  const close = async (): Promise<void> => {
    await store.close?.();
    await client.close();
  };
  return { store, close };
}

export async function peer(place: Place): Promise<object> {
  const { MongoStore } = require("connect-mongo") as {
    MongoStore: { create(options: object): object };
  };
  return MongoStore.create({ client: await connect(place), dbName: db });
}
