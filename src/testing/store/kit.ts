import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ListedSession, ListFilter, Store, StoredSession, WriteMeta } from "../../store.ts";

/** What the parts of the suite register their tests with. */
export interface StoreTests {
  test(name: string, body: (store: Store) => Promise<void>): void;
  resolution: number;
  maxBytes: number;
}

const HOUR = 3_600_000;

export function newId(): string {
  return randomBytes(32).toString("base64url");
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Milliseconds from now, as a date. */
export function after(span: number): Date {
  return new Date(Date.now() + span);
}

/** Of a session that ends after `lifetime` milliseconds, by default well after the test. */
export function meta(lifetime: number = HOUR, subject?: string): WriteMeta {
  const expiresAt = after(lifetime);
  return { expiresAt, endsAt: after(lifetime + HOUR), ...(subject === undefined ? {} : { subject }) };
}

/** Creates a session that nobody else has, and returns its id. */
export async function born(
  store: Store,
  payload: Uint8Array = bytes("payload"),
  about: WriteMeta = meta(),
): Promise<string> {
  const id = newId();
  assert.equal(await store.create(id, payload, about), "ok");
  return id;
}

/** Reads a session that must be there. */
export async function living(store: Store, id: string): Promise<StoredSession> {
  const found = await store.read(id);
  assert.ok(found, "the session isn't there");
  return found;
}

export async function assertHolds(store: Store, id: string, payload: Uint8Array): Promise<void> {
  assertSameBytes((await living(store, id)).payload, payload);
}

export async function assertGone(store: Store, id: string): Promise<void> {
  assert.equal(await store.read(id), undefined, "the session is still there");
}

export function assertSameBytes(actual: Uint8Array, expected: Uint8Array): void {
  assert.ok(actual instanceof Uint8Array, "a payload must be a Uint8Array");
  assert.equal(actual.length, expected.length, "the payload has another length");
  assert.ok(Buffer.compare(actual, expected) === 0, "the payload holds other bytes");
}

export async function listAll(store: Store, filter: ListFilter): Promise<ListedSession[]> {
  assert.ok(store.list, 'the store has no `list`: name it in `without: ["list"]`');
  const found: ListedSession[] = [];
  for await (const session of store.list(filter)) found.push(session);
  return found;
}

export async function listIds(store: Store, filter: ListFilter): Promise<string[]> {
  return (await listAll(store, filter)).map(({ id }) => id);
}

/** Waits until what was to end at `date` has ended, by the clock of a store of this resolution. */
export async function pass(date: Date, resolution: number): Promise<void> {
  await sleep(Math.max(0, date.getTime() - Date.now()) + resolution);
}

/** Counts equal values: `{ ok: 1, conflict: 31 }`. */
export function tally(values: readonly (string | boolean)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[String(value)] = (counts[String(value)] ?? 0) + 1;
  return counts;
}
