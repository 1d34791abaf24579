import { createSessionManager } from "dewar";
import { mongodbStore } from "dewar/stores/mongodb";
import { MongoClient } from "mongodb";

const client = new MongoClient(process.env.MONGODB_URL ?? "mongodb://localhost:27017/dewar", {
  connectTimeoutMS: 5000,
  serverSelectionTimeoutMS: 5000,
  socketTimeoutMS: 10_000,
});
await client.connect();

export const title = "MongoDB";
export const everywhere = true;
export const manager = createSessionManager({ store: mongodbStore({ client }) });

export async function close(): Promise<void> {
  await manager.close();
  await client.close();
}
