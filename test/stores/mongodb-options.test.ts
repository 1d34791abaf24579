import { createRequire } from "node:module";
import { type Collection, MongoClient } from "mongodb";
import { MongoClient as MongoClient6 } from "mongodb6";
import { expect, it } from "vitest";
import { type MongodbStoreOptions, mongodbStore } from "../../src/stores/mongodb.ts";

const unconnected = new MongoClient("mongodb://127.0.0.1:1");
const refuse = (options: unknown, message: RegExp) => {
  const make = () => mongodbStore(options as MongodbStoreOptions);
  expect(make).toThrow(TypeError);
  expect(make).toThrow(message);
};

it.each([{}, { client: null }, { client: "mongodb://localhost" }, { client: { db: 1 } }, { collection: "sessions" }])(
  "refuses %j",
  (options) => refuse(options, /^client: a client of `mongodb`/),
);

it("says what to do with a URL, or without any options", () => {
  refuse({ client: "mongodb://localhost" }, /not a URL: for one there is await connectStore/);
  refuse("mongodb://localhost", /^mongodbStore: takes \{ client.*connectStore/);
  refuse(undefined, /^mongodbStore: takes \{ client/);
});

it.each([null, 1, {}])("refuses collection %j", (collection) => refuse({ collection }, /^collection: a collection of/));

it("refuses names that are none", () => {
  refuse({ client: unconnected, db: "" }, /^db: /);
  refuse({ client: unconnected, db: 1 }, /^db: /);
  refuse({ client: unconnected, collection: "" }, /^collection: the name/);
  refuse({ client: unconnected, prefix: 1 }, /^prefix: /);
});

it("takes the collections and clients of both drivers", () => {
  const typed: Collection<{ other: string }> = unconnected.db().collection("sessions");
  const six = new MongoClient6("mongodb://127.0.0.1:1");
  for (const options of [{ client: unconnected }, { client: six }, { collection: six.db().collection("sessions") }]) {
    expect(mongodbStore(options)).toBeDefined();
  }
  expect(mongodbStore({ collection: typed })).toBeDefined();
});

it("can be required", () => {
  const require = createRequire(import.meta.url);
  expect(require("../../src/stores/mongodb.ts")).toHaveProperty("mongodbStore");
});
