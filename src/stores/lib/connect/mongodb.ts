import type { MongoClient } from "mongodb";
import type { Store } from "../../../store.ts";
import { mongodbStore } from "../../mongodb.ts";
import { importDriver, open, PATIENCE } from "./open.ts";
import { given, QueryOptions } from "./query.ts";
import { readBy, type StoreUrl } from "./url.ts";
import { Watch } from "./watch.ts";

const LIMITS = { serverSelectionTimeoutMS: PATIENCE, connectTimeoutMS: PATIENCE, socketTimeoutMS: 2 * PATIENCE };

/** `mongodb://host:port,host:port/database`, and `mongodb+srv://`, as the driver reads them. */
export async function connectMongodb(
  url: StoreUrl,
  make: (options: { client: MongoClient; collection?: string; prefix?: string }) => Store = mongodbStore,
): Promise<Store> {
  const options = new QueryOptions(url);
  const settings = given({ collection: options.text("collection"), prefix: options.text("prefix") });
  const href = url.base + options.rest(LIMITS);
  const { MongoClient } = await importDriver("mongodb", () => import("mongodb"));
  const makeClient = () => readBy((href) => new MongoClient(href), href);
  const client = makeClient();
  const watch = new Watch((isOver) => reviveIfStuck(client, makeClient, isOver));
  return open(
    {
      server: `MongoDB at ${url.authority}`,
      connect: async () => {
        await client.connect();
        await client.db().command({ ping: 1 });
        watch.start();
      },
      close: () => {
        watch.stop();
        return client.close();
      },
    },
    () => make({ client, ...settings }),
  );
}

/**
 * When a server that can't stream its state goes away in the wrong moment, the driver's monitor waits for ever on the
 * connection that is gone (versions 6 and 7). It is stuck if another client gets an answer.
 */
async function reviveIfStuck(client: MongoClient, makeClient: () => MongoClient, isOver: () => boolean): Promise<void> {
  if (await answers(client)) return;
  const other = makeClient();
  const isStuck = await answers(other);
  await other.close();
  if (!isStuck || isOver()) return;
  await client.close(true);
  // If this fails, the next look finds that.
  if (!isOver()) await client.connect().catch(() => {});
}

function answers(client: MongoClient): Promise<boolean> {
  return client
    .db()
    .command({ ping: 1 })
    .then(
      () => true,
      () => false,
    );
}
