import { cp } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { MongoClient } from "mongodb";
import { isPrepared, prepareMongodb } from "./mongodb/prepare.ts";
import { locate, type Service, serve } from "./service.ts";

// Why not MongoDB: it is in no package registry, neither npm's nor Debian's. The stand-in is `mongo-java-server` from
// Maven Central, with its H2 backend. It carries out one command at a time in each collection, so updates are atomic as
// MongoDB's are; unique indexes hold; an index may have `expireAfterSeconds`, but nothing is ever removed for it. It has
// no replica set, so no failover, no retried writes and no write concern; no pipelines in updates; and what it stores is
// on disk as far as the kernel when it is acknowledged. Indexes of ours (`mongodb/Server.java`) serve
// filters that hold more than their fields, as MongoDB's do: with the library's own, each compare-and-swap and each list of
// a user's would read every document. No speed that is measured on it says anything about MongoDB.

const javac = locate("javac");

/** Whether this machine can run the stand-in for MongoDB. With `CI=true` it must. */
export const hasMongodb: boolean = javac !== undefined && (isPrepared() || locate("maven") !== undefined);

/** With an empty database `dewar`. Builds the stand-in first, where `prepareMongodb` didn't. */
export async function startMongodb(): Promise<Service> {
  const built = await prepareMongodb();
  const url = (port: number) => `mongodb://127.0.0.1:${port}/dewar`;
  return serve({
    name: "mongodb",
    program: javac && join(dirname(javac), "java"),
    // Its user may not be allowed to read the repository.
    prepare: ({ folder }) => cp(built, join(folder, "classes"), { recursive: true }),
    args: ({ folder, port }) => {
      const classes = join(folder, "classes");
      const classPath = [classes, join(classes, "*")].join(delimiter);
      const quickStart = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
      return [...quickStart, "-cp", classPath, "Server", String(port), join(folder, "data")];
    },
    isReady: ({ port }) => answers(url(port)),
    url,
  });
}

async function answers(url: string): Promise<boolean> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 500 });
  try {
    await client.db().command({ ping: 1 });
    return true;
  } catch {
    return false;
  } finally {
    await client.close();
  }
}
