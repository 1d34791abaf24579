import type { ListedSession, ListFilter, Store } from "../store.ts";
import { SessionError } from "./errors.ts";
import { isPublicId, publicIdOf } from "./ids.ts";
import type { SessionInfo } from "./manager.ts";
import type { Settings } from "./options.ts";
import { absoluteEnd } from "./record.ts";
import type { SessionData } from "./session.ts";
import { TimedStore, timed } from "./timed-store.ts";
import { interpret } from "./tombstone.ts";
import { Writer } from "./writer.ts";

/** A subject that signs in without pause could keep `revokeAll` busy for ever. */
const MOST_PASSES = 10;
const NEVER = new Date(8.64e12);

/** A live session, by the id that the store knows. */
interface Found {
  storeId: string;
  info: SessionInfo;
  payload: Uint8Array;
}

/** Lists sessions and ends them from outside: what a page of devices, an operator or a password change needs. */
export class Registry {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  async *list(filter: ListFilter = {}): AsyncIterable<SessionInfo> {
    const { limit = Number.POSITIVE_INFINITY } = filter;
    let left = limit;
    let after = filter.after === undefined ? undefined : this.#openCursor(filter.after);
    // What is listed but dead doesn't count towards the limit: then another page is asked for.
    while (left > 0) {
      const page = { ...filter, ...(after !== undefined && { after }), ...(Number.isFinite(left) && { limit: left }) };
      let listed = 0;
      for await (const found of this.#listed(page)) {
        listed++;
        after = found.cursor;
        const info = this.#inform(found);
        if (info === undefined || (filter.subject !== undefined && info.subject !== filter.subject)) continue;
        yield info;
        // A store that can't tell whose a session is yields more than it was asked for.
        if (--left <= 0) return;
      }
      if (!Number.isFinite(limit) || listed < (page.limit ?? 0)) return;
    }
  }

  async get(id: string): Promise<SessionInfo | undefined> {
    return (await this.#find(id))?.info;
  }

  async revoke(id: string): Promise<boolean> {
    const found = await this.#find(id);
    if (found === undefined) return false;
    const { storeId, info, payload } = found;
    // By compare-and-swap first: what moved to a new token since it was read isn't ended by ending the old one.
    const writer = new Writer(this.#settings, this.#timed(this.#store("revoke")));
    if (!(await writer.end(storeId, { version: payload }))) return false;
    if (this.#settings.ownFormat) await this.#delete(storeId);
    this.#tellRevoked(info);
    return true;
  }

  async revokeAll(subject: string, options: { except?: string | undefined } = {}): Promise<number> {
    let revoked = 0;
    const dead = new Set<string>();
    for (let pass = 0; pass < MOST_PASSES; pass++) {
      let clean = true;
      for await (const found of this.#listed({ subject })) {
        const info = this.#inform(found);
        if (info === undefined) {
          // It may have moved to a new token while we looked: the next pass finds it there.
          if (!dead.has(found.id)) clean = false;
          dead.add(found.id);
        } else if (info.subject === subject && info.id !== options.except) {
          clean = false;
          dead.add(found.id);
          if (!(await this.#delete(found.id))) continue;
          revoked++;
          this.#tellRevoked(info);
        }
      }
      if (clean) return revoked;
    }
    throw new SessionError("ERR_STORE", `revokeAll: new sessions kept appearing; ${revoked} were ended, call it again`);
  }

  async prune(): Promise<number> {
    const store = this.#store("prune");
    try {
      return (await store.prune?.(new Date())) ?? 0;
    } catch (cause) {
      this.#settings.emit({ type: "store-error", operation: "prune", error: cause });
      throw new SessionError("ERR_STORE", "the session store failed on prune", { cause });
    }
  }

  async #find(id: string): Promise<Found | undefined> {
    if (!this.#settings.hashIds) return this.#search(id);
    const store = this.#timed(this.#store("get"));
    // Ids come from forms and addresses: no other key of the store may be reached by one.
    if (!isPublicId(id)) return undefined;
    const stored = await store.read(id);
    const info = stored && this.#inform({ ...stored, id, cursor: id });
    return info && { storeId: id, info, payload: stored.payload };
  }

  /** With tokens for ids in the store, a public id leads to none of them: only looking at all of them finds it. */
  async #search(id: string): Promise<Found | undefined> {
    for await (const found of this.#listed({})) {
      const info = this.#publicId(found.id) === id ? this.#inform(found) : undefined;
      if (info !== undefined) return { storeId: found.id, info, payload: found.payload };
    }
    return undefined;
  }

  #delete(storeId: string): Promise<boolean> {
    return this.#timed(this.#store("revoke")).delete(storeId);
  }

  #tellRevoked({ id, subject }: SessionInfo): void {
    this.#settings.emit({ type: "revoked", id, ...(subject !== undefined && { subject }) });
  }

  /** `undefined` for what is listed but dead. */
  #inform(found: ListedSession): SessionInfo | undefined {
    const { codec, lifetime, idleTimeout } = this.#settings;
    const reading = interpret(found.payload, codec, lifetime, new Date());
    if (reading.state !== "live") return undefined;
    const { data, permanent, subject, createdAt, authenticatedAt, device } = reading.record;
    const expiresAt = absoluteEnd(reading.record, lifetime);
    const info: SessionInfo = {
      id: this.#publicId(found.id),
      cursor: this.#sealCursor(found.cursor),
      permanent,
      size: found.payload.length,
      data: data as Partial<SessionData>,
    };
    if (subject !== undefined) info.subject = subject;
    if (createdAt !== undefined) info.createdAt = createdAt;
    if (authenticatedAt !== undefined) info.authenticatedAt = authenticatedAt;
    // Each use makes it end one idle timeout later: so the end tells of the use.
    if (found.expiresAt !== undefined) info.lastUsedAt = new Date(found.expiresAt.getTime() - idleTimeout);
    if (expiresAt !== undefined) info.expiresAt = expiresAt;
    if (device !== undefined) info.device = device;
    return info;
  }

  /** Where the store's ids are tokens, its cursors are too. */
  #sealCursor(cursor: string): string {
    return this.#settings.cursors?.write(Buffer.from(cursor), NEVER) ?? cursor;
  }

  #openCursor(sealed: string): string {
    const { cursors } = this.#settings;
    if (cursors === undefined) return sealed;
    const content = cursors.read(sealed);
    if (content === undefined) throw new TypeError("list: after takes the cursor of a session that list yielded");
    return Buffer.from(content.payload).toString();
  }

  #publicId(storeId: string): string {
    return publicIdOf(this.#settings, storeId);
  }

  async *#listed(filter: ListFilter): AsyncIterable<ListedSession> {
    const store = this.#store("list");
    if (store.list === undefined) throw notSupported("list", "this store can't list its sessions");
    const { storeTimeout, emit } = this.#settings;
    const listing = store.list(filter)[Symbol.asyncIterator]();
    // A listing that failed or hangs has nothing to close; one that its reader left may hold a cursor.
    let open = false;
    try {
      for (;;) {
        const step = await timed(
          "list",
          storeTimeout,
          storeTimeout,
          emit,
          () => listing.next(),
          (next) => next,
        );
        open = !step.done;
        if (step.done) return;
        // Another manager's, whose prefix begins with ours.
        if (!this.#settings.hashIds || isPublicId(step.value.id)) yield step.value;
        open = false;
      }
    } finally {
      if (open) await listing.return?.();
    }
  }

  #store(what: string): Store {
    const { keeper } = this.#settings;
    if (keeper.kind === "store") return keeper.store;
    throw notSupported(what, "sessions kept in the cookie are known to the browser alone; use a store");
  }

  #timed(store: Store): TimedStore {
    return new TimedStore(store, this.#settings.storeTimeout, this.#settings.emit);
  }
}

function notSupported(what: string, why: string): SessionError {
  return new SessionError("ERR_NOT_SUPPORTED", `${what}: ${why}`);
}
