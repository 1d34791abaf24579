import { jsonCodec } from "../../codecs/json.ts";
import { freshRevision, randomToken } from "../../core/crypto.ts";
import type { Store, WriteMeta } from "../../store.ts";

/** Milliseconds: what a killed benchmark leaves in a store that expires by itself is gone by then. */
const LIFE = 600_000;
const PER_USER = 5;
/** Bytes of data, beside what dewar adds. */
const SIZE = 400;

/** What requests do to a store. */
export class Visits {
  readonly #store: Store;
  readonly #ids: string[] = [];

  constructor(store: Store) {
    this.#store = store;
  }

  get number(): number {
    return this.#ids.length;
  }

  /** As a login, or a first visit that leaves something. */
  async create(): Promise<void> {
    const id = randomToken(32);
    const subject = userOf(this.#ids.length);
    // Noted before: what may be there is to be removed.
    this.#ids.push(id);
    if ((await this.#store.create(id, payloadFor(subject), meta(subject))) !== "ok")
      throw new Error("A new id was taken.");
  }

  /** As a request that reads its session. */
  async read(): Promise<void> {
    await this.#find(this.#any());
  }

  /** As a request that changes it: reads, and stores by compare-and-swap. Each worker has sessions of its own. */
  async write(worker: number, workers: number): Promise<void> {
    const mine = Math.floor((Math.random() * this.#ids.length) / workers) * workers + worker;
    const index = mine < this.#ids.length ? mine : worker;
    const id = this.#ids[index] ?? "";
    const { version } = await this.#find(id);
    const subject = userOf(index);
    const outcome = await this.#store.replace(id, payloadFor(subject), version, meta(subject));
    if (outcome !== "ok") throw new Error(`A session that nobody else writes answered "${outcome}".`);
  }

  /** As a page of a user's devices. */
  async list(): Promise<void> {
    const subject = userOf(Math.floor(Math.random() * this.#ids.length));
    for await (const _session of this.#store.list?.({ subject }) ?? []);
  }

  /** One by one: for a store that can't be emptied in another way. */
  async removeAll(): Promise<void> {
    for (let start = 0; start < this.#ids.length; start += 64) {
      await Promise.all(this.#ids.slice(start, start + 64).map((id) => this.#store.delete(id)));
    }
  }

  async #find(id: string) {
    const now = Date.now();
    // As a manager asks: not due, as nearly always.
    const found = await this.#store.read(id, { ifBefore: new Date(now + 1000), expiresAt: new Date(now + LIFE) });
    if (found === undefined)
      throw new Error("A session of the benchmark is gone: does the store drop sessions? See dewar ping.");
    return found;
  }

  #any(): string {
    return this.#ids[Math.floor(Math.random() * this.#ids.length)] ?? "";
  }
}

/** Bytes of a session as it is stored here. */
export const SESSION_BYTES: number = payloadFor(userOf(0)).length;

function payloadFor(subject: string): Uint8Array {
  const data = { cart: "x".repeat(SIZE) };
  return jsonCodec.encode({ data, permanent: true, subject, createdAt: new Date(), rev: freshRevision() });
}

function meta(subject: string): WriteMeta {
  const end = new Date(Date.now() + LIFE);
  return { expiresAt: end, endsAt: end, subject };
}

function userOf(index: number): string {
  return `user-${Math.floor(index / PER_USER)}`;
}
