import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type DynamodbClient, dynamodbStore } from "../../../src/flask/stores/dynamodb.ts";
import { CookieJar, testStore } from "../../../src/testing/index.ts";
import { faulty } from "../../stores/lib/faulty.ts";
import { newClient } from "../dynamodb/client.ts";
import { backends, type RunningBackend } from "../lib/backends.ts";
import { startFlask } from "../lib/flask-app.ts";
import { listed, OF_FLASK, UNTIL_END } from "./lib/layout.ts";

// Thousands of sessions, through a stand-in in Python that shares the machine with all the other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const payload = Uint8Array.of(1, 2, 3);
const HOUR = 3_600_000;
let tables = 0;
const newTable = () => `Sessions-${tables++}`;

describe("options", () => {
  const client = newClient("http://127.0.0.1:1");
  it.each([
    [{ client: {} as DynamodbClient }, /^client: .*isn't its `DynamoDBClient`$/],
    [{ client, table: "" }, /^table: /],
    [{ client, tableExists: 1 as unknown as boolean }, /^tableExists: /],
    [{ client, prefix: "p".repeat(1794) }, /^prefix: /],
  ])("refuses %o", (options, message) => {
    expect(() => dynamodbStore(options)).toThrow(message);
    expect(() => dynamodbStore(options)).toThrow(TypeError);
  });
});

describe.skipIf(!backends.dynamodb.available)("DynamoDB, by its stand-in moto", () => {
  let server: RunningBackend;
  let client: ReturnType<typeof newClient>;
  beforeAll(async () => {
    server = await backends.dynamodb.start();
    client = newClient(server.place);
  });
  afterAll(async () => {
    client?.destroy();
    await server?.stop();
  });

  const isCommand = /Item$|^scan$|^(describe|create|update)T/;
  const create = () => dynamodbStore({ client, table: newTable() });
  testStore({
    describe,
    // One after the other: the stand-in answers one question at a time, and no test's time is to be its neighbours'.
    it,
    create,
    createPair: () => {
      const table = newTable();
      return [dynamodbStore({ client, table }), dynamodbStore({ client, table, prefix: "other:" })];
    },
    createFaulty: async (fault) => {
      const table = newTable();
      await dynamodbStore({ client, table }).setup?.();
      return dynamodbStore({ client: faulty(client, isCommand, fault), table });
    },
    without: ["prune"],
    subjects: false,
    sessions: 1000,
    resolution: 1000,
    // Of an item, key and all, DynamoDB holds 400 KB.
    maxBytes: 400_000,
  });

  /** A table with one item, whose attributes are these. */
  async function holding(attributes: object): Promise<string> {
    const table = newTable();
    await dynamodbStore({ client, table }).setup?.();
    await client.putItem({ TableName: table, Item: { id: { S: "session:a" }, ...attributes } });
    return table;
  }
  const itemIn = async (table: string) =>
    (await client.getItem({ TableName: table, Key: { id: { S: "session:a" } } })).Item;

  describe("the table", () => {
    it("is made as Flask-Session makes it, with the removal that it fails to switch on", async () => {
      const table = newTable();
      const store = dynamodbStore({ client, table });
      await Promise.all([store.setup?.(), dynamodbStore({ client, table }).setup?.()]);
      const { Table } = await client.describeTable({ TableName: table });
      expect(Table).toMatchObject({
        TableStatus: "ACTIVE",
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
      });
      const { TimeToLiveDescription } = await client.describeTimeToLive({ TableName: table });
      expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: "ENABLED", AttributeName: "expiration" });
    });

    it("is made when it is found missing, by a read as well", async () => {
      const table = newTable();
      const store = dynamodbStore({ client, table });
      expect(await Promise.all([store.read("a"), store.read("b")])).toEqual([undefined, undefined]);
      expect((await client.describeTable({ TableName: table })).Table?.TableStatus).toBe("ACTIVE");
      await client.deleteTable({ TableName: table });
      expect(await store.create("a", payload, UNTIL_END)).toBe("ok");
    });

    it("isn't made with tableExists, but by setup", async () => {
      const table = newTable();
      const store = dynamodbStore({ client, table, tableExists: true });
      await expect(store.read("a")).rejects.toThrow(/no table "Sessions-\d+" .*tableExists.*setup\(\)/);
      await store.setup?.();
      expect(await store.read("a")).toBeUndefined();
    });
  });

  describe("items", () => {
    it("are written as Flask-Session writes them, with ends in whole seconds", async () => {
      const table = newTable();
      const store = dynamodbStore({ client, table });
      await store.create("a", payload, UNTIL_END);
      const item = { id: { S: "session:a" }, val: { B: payload } };
      expect(await itemIn(table)).toEqual({ ...item, expiration: { N: "4101857561" } });
      await store.replace("a", payload, payload, { ...UNTIL_END, expiresAt: new Date("2099-01-01T00:00:00Z") });
      expect(await itemIn(table)).toEqual({ ...item, expiration: { N: "4070908800" } });
      await store.read("a", { ifBefore: new Date("2100-01-01"), expiresAt: new Date("2100-01-01") });
      expect(await itemIn(table)).toEqual({ ...item, expiration: { N: "4102444800" } });
    });

    const long = { N: "4101857560.331139087677001953125" };
    const past = { N: "1700000000.331139087677001953125" };
    it.each([
      ["has ended", { val: { B: OF_FLASK }, expiration: past }],
      ["has no end", { val: { B: OF_FLASK } }],
      ["has no payload", { expiration: long }],
      ["has a payload that isn't binary", { val: { S: "a" }, expiration: long }],
    ])("one that %s is missing, and its id free", async (_, attributes) => {
      const table = await holding(attributes);
      const store = dynamodbStore({ client, table });
      expect(await store.read("a", { ifBefore: new Date(1e14), expiresAt: new Date(1e14) })).toBeUndefined();
      expect(await listed(store, { subject: "ann" })).toEqual([]);
      expect(await store.replace("a", payload, OF_FLASK, UNTIL_END)).toBe("gone");
      expect(await store.create("a", payload, UNTIL_END)).toBe("ok");
      expect(await store.delete("a")).toBe(true);
    });

    it("one with many digits of a second, or that ends after all dates, is read", async () => {
      const store = dynamodbStore({ client, table: await holding({ val: { B: OF_FLASK }, expiration: long }) });
      expect((await store.read("a"))?.expiresAt).toEqual(new Date("2099-12-25T04:52:40.331Z"));
      const eternal = await holding({ val: { B: OF_FLASK }, expiration: { N: "1e100" } });
      const found = await dynamodbStore({ client, table: eternal }).read("a");
      expect(found?.expiresAt).toEqual(new Date(8.64e15));
    });

    it("are listed without a prefix too", async () => {
      const store = dynamodbStore({
        client,
        table: await holding({ val: { B: OF_FLASK }, expiration: long }),
        prefix: "",
      });
      expect(await listed(store)).toEqual(["session:a"]);
    });
  });

  it("Flask reads what was written here, and the other way round", async () => {
    const table = newTable();
    const store = dynamodbStore({ client, table });
    const config = { ...server.config, SESSION_DYNAMODB_TABLE: table, SECRET_KEY: "dev" };
    const flask = await startFlask({ version: "0.8", config });
    try {
      const jar = new CookieJar();
      await flask.run([{ op: "set", path: ["a"], value: 1 }], jar);
      const [id = ""] = await listed(store);
      const found = await store.read(id);
      expect(Buffer.from(found?.payload ?? []).toString("hex")).toContain("a16101");
      // Give or take the offset of this machine's zone, see `dynamodbStore`.
      const lifetime = (found?.expiresAt?.getTime() ?? 0) - Date.now();
      expect(Math.abs(lifetime - 31 * 24 * HOUR)).toBeLessThan(15 * HOUR);

      const ours = Buffer.from(found?.payload ?? []);
      ours[ours.length - 1] = 2;
      expect(await store.replace(id, ours, found?.version, UNTIL_END)).toBe("ok");
      const { results } = await flask.run([{ op: "get", path: ["a"] }], jar);
      expect(results).toEqual([2]);
      expect(await store.delete(id)).toBe(true);
      expect((await flask.run([{ op: "has", key: "a" }], jar)).results).toEqual([false]);
    } finally {
      await flask.stop();
    }
  });

  describe("a write that the SDK has repeated", () => {
    /** A client whose first `updateItem` reaches the server twice, as after a lost answer. */
    function repeating(): DynamodbClient {
      let isLost = true;
      const lossy = newClient(server.place, { maxAttempts: 2 });
      lossy.middlewareStack.add(
        (next, { commandName }) =>
          async (args) => {
            const answer = await next(args);
            if (commandName !== "UpdateItemCommand" || !isLost) return answer;
            isLost = false;
            throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET", name: "TimeoutError" });
          },
        { step: "finalizeRequest", priority: "low" },
      );
      return lossy;
    }

    it("is a fault, not a conflict, when it may have been done", async () => {
      const store = dynamodbStore({ client: repeating(), table: await holding({}) });
      await store.create("a", payload, UNTIL_END);
      await expect(store.replace("a", OF_FLASK, payload, UNTIL_END)).rejects.toThrow("isn't known");
      expect(Buffer.from((await store.read("a"))?.payload ?? [])).toEqual(OF_FLASK);
      expect(await store.replace("a", payload, payload, UNTIL_END)).toBe("conflict");
    });
  });

  describe("faults", () => {
    it("say what DynamoDB said, under its name", async () => {
      await expect(create().create("an-id", new Uint8Array(410_000), UNTIL_END)).rejects.toMatchObject({
        name: "ValidationException",
        message: expect.stringMatching(/^Item size has exceeded/),
        $metadata: { httpStatusCode: 400 },
      });
    });

    it("hold no items, even where the answer can't be read", async () => {
      const secret = "a-secret";
      const quote = async () => {
        const error = new SyntaxError(`Unexpected token in {"Item":"${secret}"`);
        throw Object.defineProperty(error, "$responseBodyText", { value: secret });
      };
      const store = dynamodbStore({ client: { getItem: quote, updateItem: quote } as unknown as DynamodbClient });
      const error: unknown = await store.read("an-id").catch((reason: unknown) => reason);
      expect(error).toMatchObject({ message: "The SDK couldn't read the answer of DynamoDB." });
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret);
    });
  });
});
