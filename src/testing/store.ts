import type { Store } from "../store.ts";
import { testBytes } from "./store/bytes.ts";
import { testExpiry } from "./store/expiry.ts";
import type { StoreTests } from "./store/kit.ts";
import { testLife } from "./store/life.ts";
import { testListing } from "./store/listing.ts";
import { testPruning } from "./store/pruning.ts";
import { testRaces } from "./store/races.ts";

/** What `testStore` needs to know. */
export interface StoreSuite {
  /** `describe` of the test runner: Vitest's, Jest's, Mocha's, that of `node:test` or `bun:test`. */
  describe(name: string, body: () => void): unknown;
  /** `it` of the test runner. */
  it(name: string, body: () => Promise<void>): unknown;
  /** Makes a store that holds nothing. Called for each test, which closes it at its end if it has a `close`. */
  create(): Store | Promise<Store>;
  /** The optional methods that the store doesn't have. Has it one all the same, or lacks one unnamed, a test fails. */
  without?: readonly ("list" | "prune")[];
  /** How exactly it expires, in milliseconds: 1000 for a back end that counts in seconds. Default 30. Tests wait for it. */
  resolution?: number;
  /** The largest payload it is tested with, in bytes. Default 1 MiB. */
  maxBytes?: number;
}

/**
 * The conformance suite for stores: registers tests that hold a store to every sentence of the `Store` contract. It uses
 * `node:assert` alone, and so runs under any test runner.
 *
 * @example
 * ```ts
 * import { describe, it } from "node:test";
 * import { memoryStore } from "dewar/stores/memory";
 * import { testStore } from "dewar/testing";
 *
 * testStore({ describe, it, create: () => memoryStore() });
 * ```
 */
export function testStore(suite: StoreSuite): void {
  const { describe, it, create, without = [], resolution = 30, maxBytes = 2 ** 20 } = suite;
  const test: StoreTests["test"] = (name, body) =>
    it(name, async () => {
      const store = await create();
      try {
        await body(store);
      } finally {
        await store.close?.();
      }
    });
  const tests: StoreTests = { test, resolution, maxBytes };
  describe("life of a session", () => testLife(tests));
  describe("bytes", () => testBytes(tests));
  describe("races", () => testRaces(tests));
  describe("expiry", () => testExpiry(tests));
  describe("listing", () => testListing(tests, !without.includes("list")));
  describe("pruning", () => testPruning(tests, !without.includes("prune")));
}
