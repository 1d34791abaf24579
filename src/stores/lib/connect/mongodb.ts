import type { Store } from "../../../store.ts";
import { mongodbStore } from "../../mongodb.ts";
import { importDriver, open, PATIENCE } from "./open.ts";
import { given, QueryOptions } from "./query.ts";
import { readBy, type StoreUrl } from "./url.ts";

/** `mongodb://host:port,host:port/database`, and `mongodb+srv://`, as the driver reads them. */
export async function connectMongodb(url: StoreUrl): Promise<Store> {
  const options = new QueryOptions(url);
  const settings = given({ collection: options.text("collection"), prefix: options.text("prefix") });
  const { MongoClient } = await importDriver("mongodb", () => import("mongodb"));
  const limits = { serverSelectionTimeoutMS: PATIENCE, connectTimeoutMS: PATIENCE, socketTimeoutMS: 2 * PATIENCE };
  const href = url.base + options.rest(limits);
  const client = readBy((href) => new MongoClient(href), href);
  return open(
    {
      server: `MongoDB at ${url.authority}`,
      connect: async () => (await client.connect()).db().command({ ping: 1 }),
      close: () => client.close(),
    },
    () => mongodbStore({ client, ...settings }),
  );
}
