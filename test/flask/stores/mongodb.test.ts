import { Binary, MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { hasMongodb, startMongodb } from "../../../scripts/services/mongodb.ts";
import type { Service } from "../../../scripts/services/service.ts";
import { flaskMongodbStore } from "../../../src/flask/stores/mongodb.ts";
import { testStore } from "../../../src/testing/store.ts";
import { faultyCollection } from "../../stores/lib/faulty-collection.ts";
import { END, listed, OF_FLASK, UNTIL_END } from "./lib/layout.ts";

vi.setConfig({ testTimeout: 60_000 });

const payload = Uint8Array.of(1, 2, 3);
let names = 0;
const newName = () => `sessions${names++}`;

describe.skipIf(!hasMongodb)("MongoDB, as Flask-Session lays it out", () => {
  let server: Service;
  let client: MongoClient;
  beforeAll(async () => {
    server = await startMongodb();
    client = new MongoClient(server.url);
  }, 120_000);
  afterAll(async () => {
    await client?.close();
    await server?.stop();
  });
  const collectionOf = (name: string) => client.db("flask_session").collection(name);
  const create = () => flaskMongodbStore({ client, collection: newName() });
  const suite = { describe, it: it.concurrent, create, subjects: false, sessions: 1000 };
  testStore({
    ...suite,
    createPair: () => [create(), create()],
    createFaulty: (fault) => {
      const collection = (name: string) => faultyCollection(collectionOf(name), fault);
      return flaskMongodbStore({ client: { db: () => ({ collection }) }, collection: newName() });
    },
  });

  it("holds documents and indexes as Flask-Session makes them, and a unique one on id", async () => {
    const name = newName();
    const store = flaskMongodbStore({ client, collection: name });
    await store.create("a", payload, UNTIL_END);
    const documents = await collectionOf(name)
      .find({}, { projection: { _id: 0 } })
      .toArray();
    expect(documents).toEqual([{ id: "session:a", val: new Binary(payload), expiration: END }]);
    const indexes = await collectionOf(name).indexes();
    expect(indexes.map((index) => index.name).sort()).toEqual(["_id_", "expiration_1", "id_1"]);
  });

  describe("with several documents of one id", () => {
    /** Two of `a`, as concurrent first writes of Flask-Session's leave them; and one of long ago. */
    async function doubled() {
      const name = newName();
      const collection = collectionOf(name);
      const document = (id: string, val: Uint8Array) => ({ id, val: new Binary(val), expiration: END });
      await collection.insertMany([document("session:a", OF_FLASK), document("session:a", payload)]);
      await collection.insertOne({ id: "session:old", val: new Binary(OF_FLASK), expiration: null });
      return { collection, store: flaskMongodbStore({ client, collection: name }) };
    }

    it("reads and writes the first, as Flask-Session does", async () => {
      const { collection, store } = await doubled();
      await store.setup?.();
      expect(Buffer.from((await store.read("a"))?.payload ?? [])).toEqual(OF_FLASK);
      expect(await store.create("a", payload, UNTIL_END)).toBe("exists");
      expect(await store.replace("a", Uint8Array.of(9), OF_FLASK, UNTIL_END)).toBe("ok");
      await collection.updateOne({ id: "session:a" }, { $set: { val: new Binary(Uint8Array.of(7)) } });
      expect([...((await store.read("a"))?.payload ?? [])]).toEqual([7]);
    });

    it("creates each id once, but for two at the same moment", async () => {
      const { store } = await doubled();
      expect(await store.create("b", payload, UNTIL_END)).toBe("ok");
      expect(await store.create("b", payload, UNTIL_END)).toBe("exists");
      expect([...((await store.read("b"))?.payload ?? [])]).toEqual([...payload]);
    });

    it("ends a session with all of its documents", async () => {
      const { collection, store } = await doubled();
      expect(await store.delete("a")).toBe(true);
      expect(await store.delete("a")).toBe(false);
      expect(await collection.countDocuments({ id: "session:a" })).toBe(0);
    });

    it("takes one without a date for missing", async () => {
      const { store } = await doubled();
      expect(await store.read("old")).toBeUndefined();
      expect((await listed(store, { subject: "ann" })).includes("old")).toBe(false);
    });
  });
});
