import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ListedSession, ListFilter, Store, StoredSession, WriteMeta } from "../../store.ts";

/** What the parts of the suite register their tests with. */
export interface StoreTests {
  test: Test<[Store]>;
  resolution: number;
  maxBytes: number;
  sessions: number;
  /** Whether the store is to have a `list`. */
  lists: boolean;
  /** Whether that knows whose a session is. */
  subjects: boolean;
  holdsId: (id: string) => boolean;
}

export type Test<Stores extends readonly Store[]> = (name: string, body: (...stores: Stores) => Promise<void>) => void;

const HOUR = 3_600_000;
/** Milliseconds: for a call that must end, but on the slowest machine. */
const PATIENCE = 5_000;
const AT_ONCE = 64;

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

/** The store's `list`, which it must have. */
export function list(store: Store, filter: ListFilter): AsyncIterable<ListedSession> {
  assert.ok(store.list, 'the store has no `list`: name it in `without: ["list"]`');
  return store.list(filter);
}

export async function listAll(store: Store, filter: ListFilter): Promise<ListedSession[]> {
  const found: ListedSession[] = [];
  for await (const session of list(store, filter)) found.push(session);
  return found;
}

export async function listIds(store: Store, filter: ListFilter): Promise<string[]> {
  return (await listAll(store, filter)).map(({ id }) => id);
}

/** The store's `prune`, which it must have. */
export function prune(store: Store, now: Date): Promise<number> {
  assert.ok(store.prune, 'the store has no `prune`: name it in `without: ["prune"]`');
  return store.prune(now);
}

/**
 * When a session has ended for sure to which `call` gave the end `date`: a server that counts from when it is asked may be
 * late by as long as the call took.
 */
export async function endOf(date: Date, call: () => Promise<unknown>): Promise<Date> {
  const asked = Date.now();
  await call();
  return new Date(date.getTime() + Date.now() - asked);
}

/** Creates a session that ends after `lifetime` milliseconds; `end` is when it has ended for sure. */
export async function bornFor(
  store: Store,
  lifetime: number,
  payload: Uint8Array = bytes("payload"),
  subject?: string,
): Promise<{ id: string; end: Date }> {
  const about = meta(lifetime, subject);
  let id = "";
  const end = await endOf(about.expiresAt, async () => {
    id = await born(store, payload, about);
  });
  return { id, end };
}

const ATTEMPTS = 20;

/**
 * Creates a session that ends after `lifetime`, and does `change` to it well before; should this machine be too slow for
 * that, again. `end`: when it has ended unless it was changed.
 */
export async function bornAndChanged(
  store: Store,
  lifetime: number,
  change: (id: string) => Promise<void>,
): Promise<{ id: string; end: Date }> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const expiresAt = Date.now() + lifetime;
    const { id, end } = await bornFor(store, lifetime);
    const intact = await store.read(id);
    if (!intact || Date.now() > expiresAt - (lifetime * 3) / 4) continue;
    await change(id);
    if (Date.now() <= expiresAt - lifetime / 4) return { id, end };
  }
  throw new Error("This machine is too slow to change a session before it ends: raise `resolution`.");
}

/** Waits until what was to end at `date` has ended, by the clock of a store of this resolution. */
export async function pass(date: Date, resolution: number): Promise<void> {
  await sleep(Math.max(0, date.getTime() - Date.now()) + resolution);
}

/** Does `work` to each, so many at once as a server bears. */
export async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const worker = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** What a call comes to, which must be soon. */
export async function promptly<T>(call: Promise<T>): Promise<T> {
  const end = new AbortController();
  const tooLate = sleep(PATIENCE, undefined, { signal: end.signal }).then(() =>
    assert.fail(`no answer came within ${PATIENCE} ms`),
  );
  try {
    return await Promise.race([call, tooLate]);
  } finally {
    end.abort();
    tooLate.catch(() => {}); // it was aborted
  }
}

/** Counts equal values: `{ ok: 1, conflict: 31 }`. */
export function tally(values: readonly (string | boolean)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[String(value)] = (counts[String(value)] ?? 0) + 1;
  return counts;
}
