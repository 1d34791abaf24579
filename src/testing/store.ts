import type { Store } from "../store.ts";
import { testBytes } from "./store/bytes.ts";
import { testExpiry } from "./store/expiry.ts";
import { testFaults } from "./store/faults.ts";
import type { StoreTests, Test } from "./store/kit.ts";
import { testLarge } from "./store/large.ts";
import { testLife } from "./store/life.ts";
import { testListing } from "./store/listing.ts";
import { testNeighbours } from "./store/neighbours.ts";
import { testPruning } from "./store/pruning.ts";
import { testRaces } from "./store/races.ts";
import { testRenewal } from "./store/renewal.ts";
import { testSubjects } from "./store/subjects.ts";

/** What can be wrong with a client, see `StoreSuite.createFaulty`. */
export type StoreFault = "throws" | "hangs" | "late" | "garbage";

/** What `testStore` needs to know. */
export interface StoreSuite {
  /** `describe` of the test runner: Vitest's, Jest's, Mocha's, that of `node:test` or `bun:test`. */
  describe(name: string, body: () => void): unknown;
  /** `it` of the test runner. */
  it(name: string, body: () => Promise<void>): unknown;
  /** Makes a store that holds nothing. Called for each test, which closes it at its end if it has a `close`. */
  create(): Store | Promise<Store>;
  /** Makes two stores that hold nothing, on one back end, apart by prefix or table alone. Without it that isn't tested. */
  createPair?(): readonly [Store, Store] | Promise<readonly [Store, Store]>;
  /**
   * Makes a store whose client, from now on, `"throws"` on every command, or `"hangs"`: never answers; or gives the right
   * answers `"late"`, by 50 ms or more; or answers `"garbage"` that no server would: `{}`, say. Without it that isn't tested.
   */
  createFaulty?(fault: StoreFault): Store | Promise<Store>;
  /** The optional methods that the store doesn't have. Has it one all the same, or lacks one unnamed, a test fails. */
  without?: readonly ("list" | "prune")[];
  /** How exactly it expires, in milliseconds: 1000 for a back end that counts in seconds. Default 30. Tests wait for it. */
  resolution?: number;
  /** The largest payload it is tested with, in bytes. Default 1 MiB. */
  maxBytes?: number;
  /** Whether it holds subjects. Default true. `false` for a layout of another system's, which lists all for each of them. */
  subjects?: boolean;
  /** Which ids it holds, for a layout of another system's. Default: all of 1 to 255 ASCII characters. */
  holdsId?: (id: string) => boolean;
  /** How many sessions the largest listing has, 1000 or more. Default 10 000; less where a back end writes slowly. */
  sessions?: number;
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
  const { describe, it, create, createPair, createFaulty } = suite;
  const { without = [], resolution = 30, maxBytes = 2 ** 20, sessions = 10_000 } = suite;
  const { subjects = true, holdsId = () => true } = suite;
  const test = testWith(it, async () => [await create()] as const);
  const lists = !without.includes("list");
  const tests: StoreTests = { test, resolution, maxBytes, sessions, lists, subjects, holdsId };
  describe("life of a session", () => testLife(tests));
  describe("bytes", () => testBytes(tests));
  describe("races", () => testRaces(tests));
  describe("expiry", () => testExpiry(tests));
  describe("renewal", () => testRenewal(tests));
  describe("listing", () => testListing(tests));
  if (lists) describe("subjects", () => testSubjects(tests));
  if (lists) describe("a large listing", () => testLarge(tests));
  describe("pruning", () => testPruning(tests, !without.includes("prune")));
  if (createPair) describe("two on one back end", () => testNeighbours(tests, testWith(it, createPair)));
  if (createFaulty) {
    describe("a faulty client", () =>
      testFaults(tests, (fault) => testWith(it, async () => [await createFaulty(fault)] as const)));
  }
}

/** Tests with stores of their own, which are closed at the end. */
function testWith<Stores extends readonly Store[]>(
  it: StoreSuite["it"],
  make: () => Stores | Promise<Stores>,
): Test<Stores> {
  return (name, body) =>
    it(name, async () => {
      const stores = await make();
      try {
        await body(...stores);
      } finally {
        for (const store of stores) await store.close?.();
      }
    });
}
