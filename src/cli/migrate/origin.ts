import type { ListedSession, Store, WriteMeta } from "../../store.ts";

/** Where sessions come from, and what becomes of one on its way. */
export interface Origin {
  /** For people: a URL without credentials. */
  name: string;
  store: Store;
  list(): AsyncIterable<ListedSession>;
  /** The session as it is written at the target; `ended` for one that is none any more, or why it can't be moved. */
  convert(listed: ListedSession, now: Date): Transfer | "ended" | Unmovable;
}

/** A session as the target is to have it. */
export interface Transfer {
  id: string;
  payload: Uint8Array;
  meta: WriteMeta;
}

export interface Unmovable {
  reason: string;
}

/** Milliseconds: those of the application that goes on with the sessions. */
export interface Lifetimes {
  lifetime: number;
  idle: number;
}

/** Whether it is of the shape of dewar's ids: a SHA-256, or a token. */
export function isOwnId(id: string): boolean {
  return /^[\w-]{43}$/.test(id);
}

/** Sessions are listed one after the other: where that can't be, nothing can be moved. */
export function listing(store: Store, why: string): () => AsyncIterable<ListedSession> {
  const { list } = store;
  if (list === undefined) throw new TypeError(why);
  return () => list.call(store, {});
}
