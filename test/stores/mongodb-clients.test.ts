import { MongoClient } from "mongodb";
import { MongoClient as MongoClient6 } from "mongodb6";
import { afterAll, beforeAll, describe, it } from "vitest";
import { hasMongodb, startMongodb } from "../../scripts/services/mongodb.ts";
import type { Service } from "../../scripts/services/service.ts";
import { mongodbStore } from "../../src/stores/mongodb.ts";
import { testStore } from "../../src/testing/store.ts";
import { faultyCollection } from "./lib/faulty-collection.ts";

let server: Service;
beforeAll(async () => {
  if (hasMongodb) server = await startMongodb();
}, 120_000);
afterAll(() => server?.stop());

/** The stand-in writes each of them to its file. */
const SESSIONS = 1_000;

let names = 0;
const newName = () => `sessions${names++}`;

describe.skipIf(!hasMongodb)("mongodb 7", () => {
  let client: MongoClient;
  beforeAll(() => {
    client = new MongoClient(server.url);
  });
  afterAll(() => client.close());
  testStore({
    describe,
    it,
    create: () => mongodbStore({ client, collection: newName() }),
    createPair: () => {
      const collection = client.db().collection(newName());
      return [mongodbStore({ collection, prefix: "ours:" }), mongodbStore({ collection, prefix: "theirs:" })];
    },
    createFaulty: (fault) => mongodbStore({ collection: faultyCollection(client.db().collection(newName()), fault) }),
    sessions: SESSIONS,
  });
});

describe.skipIf(!hasMongodb)("mongodb 6", () => {
  let client: MongoClient6;
  beforeAll(() => {
    client = new MongoClient6(server.url);
  });
  afterAll(() => client.close());
  testStore({
    describe,
    it,
    create: () => mongodbStore({ client, db: "six", collection: newName() }),
    createPair: () => [mongodbStore({ client, db: newName() }), mongodbStore({ client, db: newName() })],
    sessions: SESSIONS,
  });
});
