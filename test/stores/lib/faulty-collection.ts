import type { Collection } from "mongodb";
import type { StoreFault } from "../../../src/testing/index.ts";
import { faulty } from "./faulty.ts";

/** A find is sent by the cursor that it gives. */
export function faultyCollection(collection: Collection, fault: StoreFault): Collection {
  const isCommand = /^(insertOne|findOne|updateOne|findOneAndDelete|deleteMany|createIndex)$/;
  return new Proxy(faulty(collection, isCommand, fault), {
    get: (target, name) =>
      name === "find"
        ? (...args: Parameters<Collection["find"]>) => faulty(collection.find(...args), /^toArray$/, fault)
        : Reflect.get(target, name),
  });
}
