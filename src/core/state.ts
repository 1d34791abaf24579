import type { SessionRecord } from "../codec.ts";
import type { Facts } from "./commit.ts";
import { isKnownBy, useBy, usedBy } from "./device.ts";
import type { SessionError } from "./errors.ts";
import { publicIdOf } from "./ids.ts";
import type { Client } from "./manager.ts";
import { differs } from "./merge.ts";
import type { Settings } from "./options.ts";
import { absoluteEnd, isEmpty, sameBytes } from "./record.ts";
import { interpret } from "./tombstone.ts";

/** A record as it was read or last written: what changes are measured against. */
export interface Stored {
  payload: Uint8Array;
  version: unknown;
  renewed: boolean;
}

/**
 * All that is known of one request's session: what the cookie led to, the record as the application sees it, and notes of
 * what the commit is to do. Does no I/O. What was read is interpreted at the first look, so that a request that never
 * asks for its session doesn't pay for decoding it.
 */
export class State {
  readonly settings: Settings;
  readonly client: Client;
  readonly secure: boolean;
  readonly openedAt: Date = new Date();

  /** The token that the cookie brought or that was made since, and the store's id for it. */
  token: string | undefined;
  id: string | undefined;
  found: Facts["found"] = "nothing";
  stored: Stored | undefined;
  /** Whether the request came with a live session. */
  cameLive = false;
  /** Verified by an old secret, or by another wire than the one written now. */
  outdated = false;
  /** Kept in the cookie, and past a tenth of its idle timeout. */
  due = false;
  ambiguous = false;
  /** Why there are no data, with `onStoreError: "anonymous"`. */
  unavailable: SessionError | undefined;

  touched = false;
  ended = false;
  move: Facts["move"] = "none";
  /** The data were dropped at login: what others stored meanwhile belongs to somebody else. */
  dropped = false;
  /** Counts logouts, and logins of somebody else: what was begun in an earlier era is over. */
  era = 0;
  /** The last commit failed: another one can't make up for it. */
  failed = false;
  /** Notes on a lazy session that need it to be read first. */
  deferred: (() => void)[] = [];
  /** The Set-Cookie line that the next response is to carry. */
  owed: string | undefined;
  /** The record as it was when `facts` last looked: so that what is written need not be encoded twice. */
  encoded: Uint8Array | undefined;
  /** A commit is under way in the store. */
  storing = false;
  /** Settles when the commits, saves and updates so far are through: they run one after the other. */
  turn: Promise<unknown> | undefined;
  headersSent = false;
  /** After the last commit. */
  sealed = false;
  /** What was found dead, or kept alive by mistake: the next commit puts it right. */
  leftover: { id: string; stored: Stored; until?: Date } | undefined;

  #record: SessionRecord | undefined;
  #uninterpreted = false;
  #basePermanent = false;

  constructor(settings: Settings, client: Client) {
    this.settings = settings;
    this.client = client;
    // Only where it matters: to find out costs the framework something.
    this.secure = settings.cookie.followsRequest && client.secure === true;
  }

  /** Takes in what was read under the token. */
  bind(token: string | undefined, id: string | undefined, stored: Stored): void {
    this.token = token;
    this.id = id;
    this.stored = stored;
    this.found = "live";
    // Logged out while it was being read: what was read is over, and must not come back.
    this.#uninterpreted = !this.ended;
  }

  /** The record as the application sees it; changes to it are what the commit stores. */
  get record(): SessionRecord {
    if (this.#uninterpreted) this.#interpret();
    if (this.#record === undefined) this.#adopt({ data: {}, permanent: this.settings.permanent });
    return this.#record as SessionRecord;
  }

  /** The public id: safe to log, since it can't be turned into the token. */
  get publicId(): string | undefined {
    return this.id === undefined ? undefined : publicIdOf(this.settings, this.id);
  }

  get isLive(): boolean {
    if (this.#uninterpreted) this.#interpret();
    return this.found === "live" && !this.ended;
  }

  /** Lazy, and not loaded yet. */
  get isUnread(): boolean {
    return this.found === "unread" && !this.ended;
  }

  expiresAt(): Date {
    return absoluteEnd(this.record, this.settings.lifetime) ?? new Date(Date.now() + this.settings.lifetime);
  }

  /** The record as it was read or last written, decoded afresh: the application can't have changed it. */
  base(): SessionRecord {
    const base = this.stored && this.settings.codec.decode(this.stored.payload);
    return base ?? { data: {}, permanent: this.settings.permanent };
  }

  /** What was stored becomes the new base. */
  rebase(token: string | undefined, id: string | undefined, payload: Uint8Array, permanent: boolean): void {
    this.token = token;
    this.id = id;
    // The very payload written before is a version too: see `Store.replace`.
    this.stored = { payload, version: payload, renewed: false };
    this.found = "live";
    this.ambiguous = false;
    this.#basePermanent = permanent;
  }

  /** Nothing is stored any more under the token that this request knows. */
  forget(): void {
    this.found = "nothing";
    this.stored = undefined;
    this.id = undefined;
    this.token = undefined;
  }

  /** Notes the end: nothing of the session is left, and what is written from now on is a new one. */
  end(): void {
    // What is just being stored ends too, as soon as it is there.
    if (this.isLive || this.isUnread || this.storing) this.ended = true;
    this.era++;
    this.deferred = [];
    this.move = "none";
    clearData(this.record);
    clearIdentity(this.record);
    this.record.permanent = this.settings.permanent;
  }

  /** The notes are being carried out: what is noted from now on is for the next commit. */
  takeNotes(): void {
    this.move = "none";
    this.dropped = false;
    this.ended = false;
  }

  /** They could not be carried out; what was noted meanwhile is added. */
  restoreNotes(notes: Pick<State, "move" | "dropped" | "ended">): void {
    if (this.move === "none" && !this.ended) this.move = notes.move;
    this.dropped ||= notes.dropped;
    this.ended ||= notes.ended;
  }

  /** Notes in the record who uses it; whether that differs from the last time. */
  noteUse(): boolean {
    const { device } = this.settings;
    const use = device === undefined ? undefined : useBy(this.client, device);
    const { record } = this;
    if (use === undefined || (record.device && isKnownBy(record.device.last, use))) return false;
    record.device = usedBy(record.device, use);
    this.encoded = undefined;
    return true;
  }

  /** The use could not be stored: what is at hand is unchanged again. */
  forgetUse(): void {
    const { device } = this.base();
    if (device === undefined) delete this.record.device;
    else this.record.device = device;
  }

  facts(): Omit<Facts, "used"> {
    const { keeper } = this.settings;
    const live = this.isLive;
    const unread = this.isUnread;
    const changed = live && this.#isChanged();
    const { permanent } = this.record;
    const wire = keeper.wires[0];
    const stale =
      permanent !== this.#basePermanent ||
      (this.outdated && this.touched) ||
      wire.resend?.({ permanent, touched: this.touched, changed }) === true;
    return {
      keeper: keeper.kind,
      found: this.found,
      ended: this.ended,
      empty: isEmpty(this.record),
      changed,
      move: this.move,
      cookieStale: live && !unread && stale,
      due: this.due && this.touched,
      ambiguous: this.ambiguous,
    };
  }

  /** The headers are going out. */
  send(): void {
    this.headersSent = true;
    this.#freezeIfTooLate();
  }

  /** The last commit is under way. */
  seal(): void {
    this.sealed = true;
    this.#freezeIfTooLate();
  }

  /** Whether to keep a write, a cookie would have to be set. */
  get needsCookieToWrite(): boolean {
    return this.settings.keeper.kind === "cookie" || !(this.isLive || this.isUnread);
  }

  #isChanged(): boolean {
    if (this.stored === undefined) return true;
    const { codec, ownFormat } = this.settings;
    if (!ownFormat) return differs(this.base(), this.record, codec);
    // The record still has the `rev` that it came with, so that an own format gives the very bytes again.
    this.encoded = codec.encode(this.record);
    return !sameBytes(this.encoded, this.stored.payload);
  }

  #interpret(): void {
    this.#uninterpreted = false;
    const { stored, settings, id } = this;
    if (stored === undefined) return;
    const reading = interpret(stored.payload, settings.codec, settings.lifetime, this.openedAt);
    const publicId = this.publicId;
    const known = publicId === undefined ? {} : { id: publicId };
    switch (reading.state) {
      case "live":
        this.cameLive = true;
        this.#adopt(reading.record);
        return;
      case "retired":
        this.found = "retired";
        // Reading renewed the tombstone: without this, a browser that missed the new cookie would keep it alive for ever.
        if (stored.renewed && id !== undefined) this.leftover = { id, stored, until: reading.until };
        return;
      case "expired":
        if (id !== undefined) this.leftover = { id, stored };
        settings.emit({ type: "expired", ...known });
        break;
      case "undecodable":
        settings.emit({ type: "undecodable", ...known });
        break;
    }
    this.found = "nothing";
    this.stored = undefined;
    this.id = undefined;
    this.token = undefined;
  }

  #adopt(record: SessionRecord): void {
    this.#record = record;
    this.#basePermanent = record.permanent;
    this.#freezeIfTooLate();
  }

  /** Nobody may believe that a write is kept which can't be. */
  #freezeIfTooLate(): void {
    if (this.#record === undefined) return;
    if (this.sealed || (this.headersSent && this.needsCookieToWrite)) Object.freeze(this.#record.data);
  }
}

export function clearIdentity(record: SessionRecord): void {
  for (const key of ["subject", "createdAt", "authenticatedAt", "device"] as const) delete record[key];
}

/** In place: the application may hold the object. */
export function clearData(record: SessionRecord): void {
  for (const key of Object.keys(record.data)) Reflect.deleteProperty(record.data, key);
  // Frozen, by us or by the application: then it is left to whoever holds it.
  if (Object.keys(record.data).length > 0) record.data = {};
  delete record.flashes;
}
