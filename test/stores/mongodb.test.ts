import { inspect } from "node:util";
import { Binary, type CommandStartedEvent, MongoClient, type MongoClientOptions } from "mongodb";
import { MongoClient as MongoClient6 } from "mongodb6";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasMongodb, startMongodb } from "../../scripts/services/mongodb.ts";
import type { Service } from "../../scripts/services/service.ts";
import { mongodbStore } from "../../src/stores/mongodb.ts";

const HOUR = 3_600_000;
const payload = Uint8Array.of(1, 2, 3);
const after = (span: number) => new Date(Date.now() + span);
const meta = (subject?: string, life = HOUR) => ({
  expiresAt: after(life),
  endsAt: after(2 * life),
  ...(subject !== undefined && { subject }),
});

let server: Service;
let client: MongoClient;
beforeAll(async () => {
  if (!hasMongodb) return;
  server = await startMongodb();
  client = new MongoClient(server.url);
}, 120_000);
afterAll(async () => {
  await client?.close();
  await server?.stop();
});

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

let names = 0;
const newCollection = () => client.db().collection(`traps${names++}`);

async function idsOf(store: ReturnType<typeof mongodbStore>, subject: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of store.list?.({ subject }) ?? []) ids.push(id);
  return ids;
}

describe.skipIf(!hasMongodb)("what is stored", () => {
  it("is a document as Flask-Session writes it, and the subject", async () => {
    const collection = newCollection();
    const store = mongodbStore({ collection });
    const about = meta("ann");
    await store.create("a", payload, about);
    await store.create("b", payload, meta());
    const { _id, ...document } = (await collection.findOne({ id: "session:a" })) ?? {};
    expect(document).toEqual({
      id: "session:a",
      val: new Binary(payload, Binary.SUBTYPE_DEFAULT),
      expiration: about.expiresAt,
      subject: "ann",
    });
    const { _id: _, ...anonymous } = (await collection.findOne({ id: "session:b" })) ?? {};
    expect(Object.keys(anonymous)).toEqual(["id", "val", "expiration"]);
  });

  it("is in the database and collection that the names say", async () => {
    const name = `traps${names++}`;
    await mongodbStore({ client, collection: name }).create("a", payload, meta());
    await mongodbStore({ client, db: "other", prefix: "" }).create("b", payload, meta());
    expect(await client.db().collection(name).countDocuments()).toBe(1);
    expect(await client.db("other").collection("sessions").countDocuments({ id: "b" })).toBe(1);
  });

  it("may have been written by Flask-Session, before and meanwhile", async () => {
    const collection = newCollection();
    const store = mongodbStore({ collection });
    const write = (text: string) =>
      collection.updateOne(
        { id: "session:a" },
        { $set: { id: "session:a", val: new Binary(Buffer.from(text)), expiration: after(HOUR) } },
        { upsert: true },
      );
    await write("first");
    const found = await store.read("a");
    expect(String(found?.payload)).toBe("first");
    await write("second");
    expect(await store.replace("a", payload, found?.version, meta())).toBe("conflict");
    expect(await store.replace("a", payload, Buffer.from("second"), meta())).toBe("ok");
  });

  it("forgets whose the expired session was that a new one replaces", async () => {
    const collection = newCollection();
    const store = mongodbStore({ collection });
    await store.create("a", payload, meta("ann"));
    await store.create("b", payload, meta());
    await collection.updateMany({}, { $set: { expiration: after(-1) } });
    expect(await store.create("a", Uint8Array.of(9), meta())).toBe("ok");
    expect(await store.create("b", Uint8Array.of(9), meta("bob"))).toBe("ok");
    expect([await idsOf(store, "ann"), await idsOf(store, "bob")]).toEqual([[], ["b"]]);
    expect(await collection.countDocuments()).toBe(2);
  });
});

describe.skipIf(!hasMongodb)("indexes", () => {
  it("are there before the first session, and made once", async () => {
    const collection = newCollection();
    const stores = [mongodbStore({ collection }), mongodbStore({ collection })];
    const outcomes = await Promise.all(
      stores.flatMap((store) => [1, 2, 3].map(() => store.create("a", payload, meta()))),
    );
    expect(outcomes.toSorted().slice(-2)).toEqual(["exists", "ok"]);
    const indexes = (await collection.indexes()).map(({ key, unique, expireAfterSeconds }) => ({
      key,
      ...(unique && { unique }),
      ...(expireAfterSeconds !== undefined && { expireAfterSeconds }),
    }));
    const made = indexes.filter(({ key }) => !("_id" in key));
    expect(new Set(made)).toEqual(
      new Set([
        { key: { id: 1 }, unique: true },
        { key: { subject: 1, id: 1 } },
        { key: { expiration: 1 }, expireAfterSeconds: 0 },
      ]),
    );
  });

  /** A collection of a server that answers a TTL index with this code. */
  const refusing = (code: number) =>
    new Proxy(newCollection(), {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (name !== "createIndex") return typeof value === "function" ? value.bind(target) : value;
        return (keys: object, options: object) =>
          "expireAfterSeconds" in options
            ? Promise.reject(Object.assign(new Error("no TTL index"), { code }))
            : Reflect.apply(target.createIndex, target, [keys, options]);
      },
    });

  it.each([67, 115, 238])("go without the one for expiry where the server has none: code %i", async (code) => {
    const store = mongodbStore({ collection: refusing(code) });
    expect(await store.create("a", payload, meta(undefined, 50))).toBe("ok");
    await expect.poll(() => store.read("a")).toBeUndefined();
    expect(await store.prune?.(new Date())).toBe(1);
  });

  it("don't go without for any other reason", async () => {
    const store = mongodbStore({ collection: refusing(13) });
    await expect(store.setup?.()).rejects.toThrow("no TTL index");
    await expect(store.create("a", payload, meta())).rejects.toThrow("no TTL index");
  });

  it("can't be made over two documents with one id, and the error quotes none", async () => {
    const collection = newCollection();
    await collection.insertMany([{ id: "session:secret" }, { id: "session:secret" }]);
    const store = mongodbStore({ collection });
    const error: unknown = await store.create("a", payload, meta()).catch((reason: unknown) => reason);
    expect(String(error)).toMatch(/several documents with one id: remove them/);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("secret");
    await collection.deleteMany({});
    expect(await store.create("a", payload, meta())).toBe("ok");
  });
});

describe.skipIf(!hasMongodb)("commands", () => {
  /** A store, and what it sends. */
  async function observed(options: MongoClientOptions = {}) {
    const own = new MongoClient(server.url, { ...options, monitorCommands: true });
    ends.push(() => own.close());
    const sent: CommandStartedEvent[] = [];
    own.on("commandStarted", (event) => sent.push(event));
    const store = mongodbStore({ client: own, collection: `traps${names++}` });
    await store.setup?.();
    const commandsOf = async (act: () => Promise<unknown>) => {
      sent.length = 0;
      await act();
      return sent.map(({ commandName }) => commandName);
    };
    return { store, sent, commandsOf };
  }

  it("a call is one command, and a second one only where it must be", async () => {
    const { store, commandsOf } = await observed();
    const due = { ifBefore: after(2 * HOUR), expiresAt: after(3 * HOUR) };
    expect(await commandsOf(() => store.create("a", payload, meta("ann")))).toEqual(["insert"]);
    expect(await commandsOf(() => store.read("a"))).toEqual(["find"]);
    expect(await commandsOf(() => store.read("a", due))).toEqual(["find", "update"]);
    expect(await commandsOf(() => store.read("a", due))).toEqual(["find"]);
    expect(await commandsOf(() => store.replace("a", payload, payload, meta()))).toEqual(["update"]);
    expect(await commandsOf(() => idsOf(store, "ann"))).toEqual(["find"]);
    expect(await commandsOf(() => store.delete("a"))).toEqual(["findAndModify"]);
  });

  it("compare bytes, and wait for a majority where something is acknowledged", async () => {
    const { store, sent, commandsOf } = await observed({ writeConcern: { w: 1 } });
    await commandsOf(async () => {
      await store.create("a", payload, meta("ann"));
      await store.create("a", payload, meta("ann"));
      await store.replace("a", payload, payload, meta());
      await idsOf(store, "ann");
      await store.delete("a");
    });
    const commands = sent.map(({ command }) => command);
    const writes = commands.filter((command) => command["find"] === undefined);
    expect(writes.map(({ writeConcern }) => writeConcern?.w)).toEqual(Array(5).fill("majority"));
    const filters = commands.flatMap((command) => command["updates"] ?? (command["insert"] ? [] : [command]));
    expect(filters.map(({ collation }) => collation)).toEqual(Array(4).fill({ locale: "simple" }));
  });

  it("read from the primary, whatever the client prefers", async () => {
    const collection = client.db().collection(`traps${names++}`, { readPreference: "secondaryPreferred" });
    const preferences: unknown[] = [];
    const noting = new Proxy(collection, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          if (name === "find" || name === "findOne")
            preferences.push((args[1] as Record<string, unknown>)["readPreference"]);
          return Reflect.apply(value, target, args);
        };
      },
    });
    const store = mongodbStore({ collection: noting });
    await store.create("a", payload, meta("ann"));
    await store.read("a");
    await idsOf(store, "ann");
    await store.prune?.(new Date());
    expect(preferences).toEqual(["primary", "primary", "primary"]);
  });
});

describe.skipIf(!hasMongodb)("a client of another mind about types", () => {
  const minds = [
    { promoteValues: false },
    { promoteBuffers: true },
    { raw: true },
    { useBigInt64: true },
    { ignoreUndefined: true },
  ];

  it.each(minds)("%o: we get bytes", async (mind) => {
    for (const own of [new MongoClient(server.url, mind), new MongoClient6(server.url, mind)]) {
      ends.push(() => own.close());
      const store = mongodbStore({ client: own, collection: `traps${names++}` });
      await store.create("a", payload, meta("ann"));
      const found = await store.read("a");
      expect([...(found?.payload ?? [])]).toEqual([...payload]);
      expect(found?.expiresAt).toBeInstanceOf(Date);
      expect(await store.replace("a", payload, found?.version, meta())).toBe("ok");
      expect(await idsOf(store, "ann")).toEqual(["a"]);
      expect(await store.prune?.(after(2 * HOUR))).toBe(1);
      expect(await store.delete("a")).toBe(false);
    }
  });
});

it.skipIf(!hasMongodb)(
  "answers again after the server was killed and started, with all that was acknowledged",
  async () => {
    const own = await startMongodb();
    ends.push(() => own.stop());
    const clients = [
      new MongoClient(own.url, { serverSelectionTimeoutMS: 3000 }),
      new MongoClient6(own.url, { serverSelectionTimeoutMS: 3000 }),
    ];
    for (const client of clients) ends.push(() => client.close());
    const stores = clients.map((client, index) => mongodbStore({ client, collection: `own${index}` }));
    for (const store of stores) await store.create("kept", payload, meta());
    await own.kill();
    for (const store of stores) await expect(store.read("kept")).rejects.toThrow();
    await own.restart();
    for (const store of stores) {
      await expect.poll(() => store.read("kept").catch(() => undefined), { timeout: 10_000 }).toBeDefined();
      expect(await store.replace("kept", Uint8Array.of(9), payload, meta())).toBe("ok");
    }
  },
  60_000,
);
