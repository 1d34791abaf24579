import type { SessionRecord } from "../codec.ts";
import type { StoredSession, WriteMeta } from "../store.ts";
import { freshRevision } from "./crypto.ts";
import { SessionError } from "./errors.ts";
import { publicIdOf, storeIdOf } from "./ids.ts";
import { differs, isSomeoneElses, merge, overwrite } from "./merge.ts";
import type { Settings } from "./options.ts";
import { absoluteEnd, isEmpty, sameBytes, tooLarge } from "./record.ts";
import type { Outcome, TimedStore } from "./timed-store.ts";
import { interpret, TOMBSTONE_MS, tombstone } from "./tombstone.ts";
import type { TokenWire } from "./wire.ts";

/** A record as it now stands in the store. */
export interface Written {
  record: SessionRecord;
  payload: Uint8Array;
}

/** What a request found under an id, and makes of it. */
export interface Rewrite {
  id: string;
  version: unknown;
  base: () => SessionRecord;
  mine: SessionRecord;
  /** What was read: as long as it stands there, nobody came between. */
  payload: Uint8Array;
  /** `mine` encoded with the revision that it came with. */
  encoded: Uint8Array | undefined;
}

const MOST_TOKENS = 4;
/** After so many conflicts an end needs no compare-and-swap any more: a plain delete wins against everybody. */
const MOST_END_CONFLICTS = 3;

/** The writes that keep the promises of the design's sections 5 and 6, over one store under one deadline. */
export class Writer {
  readonly #settings: Settings;
  readonly #store: TimedStore;

  constructor(settings: Settings, store: TimedStore) {
    this.#settings = settings;
    this.#store = store;
  }

  /** Stores a new session under a new token. `over`: what was read under the old one. */
  async create(
    wire: TokenWire,
    record: SessionRecord,
    over?: Uint8Array,
  ): Promise<Written & { token: string; id: string }> {
    for (let tries = 0; tries < MOST_TOKENS; tries++) {
      const token = wire.mint();
      const id = storeIdOf(this.#settings, token);
      const written = this.#encode(record, over);
      const outcome = await this.#store.create(id, written.payload, this.#meta(record));
      if (outcome === "ok") return { ...written, token, id };
      // "exists" may be our own write, repeated by the client; after a fault it may have arrived or not.
      const stored = await this.#store.read(id);
      if (stored !== undefined && sameBytes(stored.payload, written.payload)) return { ...written, token, id };
    }
    throw new SessionError("ERR_STORE", "the session store accepts no new session: every new id exists already");
  }

  /**
   * Compare-and-swap; on a conflict merges with what is stored now and tries again. An empty result is a tombstone.
   * `stale`: the version is known to be old. "gone": the session has ended meanwhile, and nothing is written.
   */
  async replace({ id, version, base, mine, encoded, payload }: Rewrite, stale: boolean): Promise<Written | "gone"> {
    let next = this.#encodeOrBury(mine, payload, encoded);
    let before: SessionRecord | undefined;
    let nextVersion = version;
    let conflicts = 0;
    for (let skip = stale; ; skip = false) {
      if (!skip) {
        const outcome = await this.#swap(id, next, nextVersion);
        if (outcome === "ok") return next;
        if (outcome === "gone") return "gone";
        if (outcome === "conflict" && conflicts++ > 0) await this.#store.pause();
      }
      const stored = await this.#store.read(id);
      if (stored === undefined) return "gone";
      if (sameBytes(stored.payload, next.payload)) return next;
      nextVersion = stored.version;
      if (sameBytes(stored.payload, payload)) continue;
      const theirs = this.#interpret(stored.payload);
      before ??= base();
      if (theirs === undefined || isSomeoneElses(before, theirs)) return "gone";
      const resolved = this.#resolve(id, before, mine, theirs);
      next = this.#encodeOrBury(resolved, stored.payload);
    }
  }

  /**
   * Reads, changes and swaps until nobody came between. `change` gets a record of its own each time. `stale` and "gone" as
   * above. After a fault it is known only from the bytes whether it was done.
   */
  async update(
    { id, version, base, payload }: Omit<Rewrite, "mine" | "encoded">,
    change: Change,
    stale: boolean,
  ): Promise<Written | "gone"> {
    let record = base();
    let over = payload;
    let nextVersion = version;
    for (let skip = stale; ; skip = false) {
      let written: Written | undefined;
      let outcome: Outcome<"conflict"> = "conflict";
      if (!skip) {
        await this.#store.within(async () => change(record));
        written = this.#encodeOrBury(record, over);
        const swapped = await this.#swap(id, written, nextVersion);
        if (swapped === "ok") return written;
        if (swapped === "gone") return "gone";
        outcome = swapped;
        // Not between reading and writing: what was read would be old.
        if (outcome === "conflict") await this.#store.pause();
      }
      const stored = await this.#store.read(id);
      if (stored === undefined) return "gone";
      if (written !== undefined && isOwnWork(stored, written, outcome)) return written;
      if (outcome === "unknown") throw unknownOutcome();
      const theirs = this.#interpret(stored.payload);
      if (theirs === undefined || isSomeoneElses(base(), theirs)) return "gone";
      record = theirs;
      over = stored.payload;
      nextVersion = stored.version;
    }
  }

  /** Ends a session whatever others stored meanwhile. `false`: it had ended or moved already. */
  async end(id: string, stored: { version: unknown } | undefined): Promise<boolean> {
    const found = stored ?? (await this.#readLive(id));
    if (found === undefined) return false;
    let conflicts = 0;
    const burial = await this.#bury(id, found.version, async () =>
      conflicts++ < MOST_END_CONFLICTS ? "bury" : "delete",
    );
    return burial === "ok";
  }

  /**
   * Retires the old id after its session was stored under a new one. What others stored under the old id meanwhile is
   * carried over by `carry`. "gone": it had ended or moved already.
   */
  async retire(id: string, version: unknown, carry: (theirs: SessionRecord) => Promise<void>): Promise<"ok" | "gone"> {
    return this.#bury(id, version, async (theirs) => {
      await carry(theirs);
      return "bury";
    });
  }

  /** For a lazy session that was never read: what stands there may be a tombstone already. */
  async #readLive(id: string): Promise<StoredSession | undefined> {
    const stored = await this.#store.read(id);
    return stored && this.#interpret(stored.payload) && stored;
  }

  async #bury(
    id: string,
    version: unknown,
    onConflict: (theirs: SessionRecord) => Promise<"bury" | "delete">,
  ): Promise<"ok" | "gone"> {
    if (!this.#settings.ownFormat) return (await this.#store.delete(id)) ? "ok" : "gone";
    const burial = this.#encode(tombstone(new Date()));
    let nextVersion = version;
    for (;;) {
      const outcome = await this.#swap(id, burial, nextVersion);
      if (outcome !== "conflict" && outcome !== "unknown") return outcome;
      const stored = await this.#store.read(id);
      if (stored === undefined) return "gone";
      if (sameBytes(stored.payload, burial.payload)) return "ok";
      const theirs = this.#interpret(stored.payload);
      if (theirs === undefined) return "gone";
      if ((await onConflict(theirs)) === "delete") return (await this.#store.delete(id)) ? "ok" : "gone";
      nextVersion = stored.version;
    }
  }

  #swap(id: string, { record, payload }: Written, version: unknown): ReturnType<TimedStore["replace"]> {
    const empty = isEmpty(record);
    if (empty && !this.#settings.ownFormat) return this.#store.delete(id).then((deleted) => (deleted ? "ok" : "gone"));
    return this.#store.replace(id, payload, version, empty ? tombstoneMeta() : this.#meta(record));
  }

  #resolve(id: string, base: SessionRecord, mine: SessionRecord, theirs: SessionRecord): SessionRecord {
    const { onConflict, codec } = this.#settings;
    const publicId = publicIdOf(this.#settings, id);
    // Who uses it is no change that anybody made, neither here nor there.
    if (onConflict === "reject" && differs(base, mine, codec) && differs(base, theirs, codec)) {
      this.#store.emit({ type: "conflict", id: publicId });
      throw new SessionError("ERR_CONFLICT", "another request changed this session meanwhile (onConflict: reject)");
    }
    const merged = onConflict === "overwrite" ? overwrite(mine, theirs) : merge({ base, mine }, theirs, codec);
    this.#store.emit({ type: "merged", id: publicId, keys: merged.contested });
    return merged.record;
  }

  /** The live record in stored bytes; `undefined` for what has ended. Bytes that are no record are no live session. */
  #interpret(payload: Uint8Array): SessionRecord | undefined {
    const reading = interpret(payload, this.#settings.codec, this.#settings.lifetime, new Date());
    return reading.state === "live" ? reading.record : undefined;
  }

  #encodeOrBury(record: SessionRecord, over: Uint8Array, encoded?: Uint8Array): Written {
    return isEmpty(record) ? this.#encode(tombstone(new Date())) : this.#encode(record, over, encoded);
  }

  #encode(record: SessionRecord, over?: Uint8Array, encoded?: Uint8Array): Written {
    const { codec, maxBytes, ownFormat } = this.#settings;
    const rev = freshRevision();
    const fresh = ownFormat ? { ...record, rev } : record;
    const revised = encoded && record.rev !== undefined ? codec.revise?.(encoded, record.rev, rev) : undefined;
    const payload = revised ?? codec.encode(fresh, over);
    if (payload.length > maxBytes) throw tooLarge(payload.length, maxBytes);
    return { record: fresh, payload };
  }

  #meta(record: SessionRecord): WriteMeta {
    const { idleTimeout, lifetime } = this.#settings;
    const now = Date.now();
    const end = absoluteEnd(record, lifetime)?.getTime() ?? now + lifetime;
    // The last use can be at the very end, and the renewal of that moment reaches one idle timeout further.
    const meta: WriteMeta = { expiresAt: new Date(now + idleTimeout), endsAt: new Date(end + idleTimeout) };
    return record.subject === undefined ? meta : { ...meta, subject: record.subject };
  }
}

export function unknownOutcome(): SessionError {
  return new SessionError("ERR_STORE", "update: the store failed, and whether the change was stored is unknown");
}

/**
 * Whether what is stored was written by this very request. After a conflict, the revision tells; a format without one may hold
 * the same bytes from another request, whose step must not be taken for this one's.
 */
export function isOwnWork(stored: StoredSession, written: Written, outcome: Outcome<"conflict">): boolean {
  const isTold = written.record.rev !== undefined || outcome === "unknown";
  return isTold && sameBytes(stored.payload, written.payload);
}

type Change = (record: SessionRecord) => void | Promise<void>;

function tombstoneMeta(): WriteMeta {
  const expiresAt = new Date(Date.now() + TOMBSTONE_MS);
  return { expiresAt, endsAt: expiresAt };
}
