/**
 * Where sessions are kept. Implement these few methods and `dewar` runs on any back end; `dewar/testing` proves that
 * they hold. The comments are the contract.
 *
 * - There is no upsert: a session is born by `create`, changed by `replace`, ended by `delete`. So a late writer can't
 *   bring back what was logged out, and an id can't be taken over.
 * - Missing and expired are the same: `undefined`, "gone", `false`. Throw only for a fault of the system; the manager
 *   adds deadlines and retries.
 * - Ids are 1 to 255 ASCII characters, subjects 1 to 255 bytes without NUL; both are compared as bytes.
 * - A layout that belongs to another system may hold fewer ids (one that it can't is missing, and `create` rejects), and no
 *   subjects: then `list` yields all when asked for a subject, whatever the limit.
 * - Payloads are bytes, neither kept nor handed out by reference.
 * - A store takes a client that the user made, and never opens a connection of its own.
 *
 * @example
 * ```ts
 * import type { Store } from "dewar";
 *
 * const counted = (store: Store, count: () => void): Store => ({
 *   create: (...args) => store.create(...args),
 *   read: (...args) => (count(), store.read(...args)),
 *   replace: (...args) => store.replace(...args),
 *   delete: (...args) => store.delete(...args),
 * });
 * ```
 */
export interface Store {
  /** Inserts, and only that. With `meta.subject`, the entry that lists it is written before the record. */
  create(id: string, payload: Uint8Array, meta: WriteMeta): Promise<"ok" | "exists">;
  /** Reads, and renews in the same round trip where the back end can; else in a second one, only when it is due. */
  read(id: string, renewal?: Renewal): Promise<StoredSession | undefined>;
  /**
   * Compare-and-swap: writes only over the `version` that `read` returned, or over the very payload written before. A
   * version that isn't the store's is "conflict". Sets the expiry to `meta.expiresAt`; never changes who is listed.
   */
  replace(id: string, payload: Uint8Array, version: unknown, meta: WriteMeta): Promise<"ok" | "conflict" | "gone">;
  /** Resolves to whether it was there. */
  delete(id: string): Promise<boolean>;
  /** Lists what lives, in a stable order, each once; of one subject, or all. May list what just ended: see `WriteMeta`. */
  list?(filter: ListFilter): AsyncIterable<ListedSession>;
  /**
   * About how many live, from looking at a part of them, and at how many it looked. Only where `list` isn't in the order of the
   * ids, whose density tells it.
   */
  estimate?(): Promise<{ count: number; sampled: number }>;
  /** What `list` gives as the id of a session, where the layout doesn't let it give the id itself. The methods take either. */
  listedId?(id: string): string;
  /** Removes what expired before `now`, in small steps; resolves to how many. Only where the back end has no expiry. */
  prune?(now: Date): Promise<number>;
  /** Makes tables and indexes. Idempotent. */
  setup?(): Promise<void>;
  /** Closes what the store itself opened, and nothing else. Every later call rejects, but another `close`. */
  close?(): Promise<void>;
}

/** What `read` found. */
export interface StoredSession {
  payload: Uint8Array;
  /** Opaque: by default the very bytes of `payload`, or a better token of the back end's (Memcached's cas). */
  version: unknown;
  /** Whether this read moved the expiry. */
  renewed: boolean;
  /** When it ends unless it is used again, where knowing costs nothing. */
  expiresAt?: Date;
}

/** What a write says beside the payload. */
export interface WriteMeta {
  /** When it ends unless it is used again. */
  expiresAt: Date;
  /** The furthest that any renewal can reach: until then the subject's entry stays, whether the record lives or not. */
  endsAt: Date;
  /** Whose it is: so that `list` finds it. */
  subject?: string;
}

/** "If it would end before `ifBefore`, make it end at `expiresAt`." Never makes it end sooner than it would. */
export interface Renewal {
  ifBefore: Date;
  expiresAt: Date;
}

/** Which sessions `list` yields: those of `subject`, after the one whose cursor is `after`, at most `limit`. */
export interface ListFilter {
  subject?: string;
  after?: string;
  limit?: number;
  /**
   * `"any"`: as they come, so that a page costs by its own size and not by the store's. Then a session may come twice or be
   * missed where the back end rearranges itself meanwhile, and `after` takes a cursor of such a listing. Stores that list in
   * order at no cost do so anyway.
   */
  order?: "any";
}

/** One session of a listing. `cursor` is opaque and continues the listing after it. */
export interface ListedSession {
  id: string;
  payload: Uint8Array;
  cursor: string;
  subject?: string;
  expiresAt?: Date;
}
