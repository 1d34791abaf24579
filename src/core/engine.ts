import type { ListFilter, Store } from "../store.ts";
import { runInContext } from "./context.ts";
import { SessionError } from "./errors.ts";
import type { SessionEvent } from "./events.ts";
import { type Actions, Handle, stateOf } from "./handle.ts";
import { headersOf } from "./headers.ts";
import type { WaitingChange } from "./joint-write.ts";
import type { Client, Header, SessionInfo, SessionManager } from "./manager.ts";
import { loadState, openState } from "./open.ts";
import { resolveOptions, type SessionOptions, type Settings } from "./options.ts";
import { persist, updateStored } from "./persist.ts";
import { KeyedQueue } from "./queue.ts";
import { Registry } from "./registry.ts";
import type { Session } from "./session.ts";
import { State } from "./state.ts";

/** Which part of a response a commit is for. */
export type Phase =
  /** All of it: the session is closed afterwards. */
  | "response"
  /** Its headers, while the body is still being written: the session stays open for `save` and `update`. */
  | "headers"
  /** The end of a response whose headers went out before: what is unsaved is stored, failures are events. */
  | "end"
  /** An error passes the adapter: nothing is stored, and only a cookie owed by an earlier `save` goes out. */
  | "failed";

/** The store behind a manager: for the tools beside it, which also ask the store itself. None: sessions in the cookie. */
export let storeOf: (manager: SessionManager) => Store | undefined;

/** What adapters use: a manager whose two steps answer at once where the store need not be asked. */
export class Engine implements SessionManager {
  readonly #settings: Settings;
  readonly #registry: Registry;
  readonly #writers = new KeyedQueue<WaitingChange>();
  readonly #actions: Actions;

  static {
    storeOf = (manager) => {
      if (!(manager instanceof Engine)) throw new TypeError("manager: takes what createSessionManager() returned");
      const { keeper } = manager.#settings;
      return keeper.kind === "store" ? keeper.store : undefined;
    };
  }

  constructor(options: SessionOptions) {
    this.#settings = resolveOptions(options);
    this.#registry = new Registry(this.#settings);
    this.#actions = {
      load: (state) => this.#inTurn(state, () => loadState(state)),
      save: (state) => this.#inTurn(state, () => this.#saved(state, () => persist(state, this.#writers))),
      update: (state, change) =>
        this.#inTurn(state, () => this.#saved(state, () => updateStored(state, this.#writers, change))),
    };
  }

  begin(cookieHeader: string | null | undefined, client: Client = NOBODY): Handle | Promise<Handle> {
    const state = new State(this.#settings, client);
    const handle = new Handle(state, this.#actions);
    const opening = openState(state, cookieHeader);
    return opening === undefined ? handle : opening.then(() => handle);
  }

  finish(handle: Handle, phase: Phase): Header[] | Promise<Header[]> {
    const state = stateOf(handle);
    if (state.turn !== undefined) return this.#inTurn(state, async () => this.#finish(state, phase));
    const headers = this.#finish(state, phase);
    if (headers instanceof Promise) state.turn = headers.then(ignore, ignore);
    return headers;
  }

  emit(event: SessionEvent): void {
    this.#settings.emit(event);
  }

  async open(cookieHeader: string | null | undefined, client?: Client): Promise<Session> {
    return this.begin(cookieHeader, client);
  }

  async commit(session: Session): Promise<Header[]> {
    const handle = this.#own(session);
    const state = stateOf(handle);
    if (state.failed) throw ended("its commit failed before; open it again");
    try {
      return await this.finish(handle, "response");
    } catch (error) {
      state.failed = true;
      throw error;
    }
  }

  run<T>(session: Session, fn: () => T): T {
    return runInContext(this, this.#own(session), fn);
  }

  list(filter?: ListFilter): AsyncIterable<SessionInfo> {
    return this.#registry.list(filter);
  }

  get(id: string): Promise<SessionInfo | undefined> {
    return this.#registry.get(id);
  }

  revoke(id: string): Promise<boolean> {
    return this.#registry.revoke(id);
  }

  revokeAll(subject: string, options?: { except?: string | undefined }): Promise<number> {
    return this.#registry.revokeAll(subject, options);
  }

  prune(): Promise<number> {
    return this.#registry.prune();
  }

  async close(): Promise<void> {
    const { keeper } = this.#settings;
    if (keeper.kind === "store") await keeper.store.close?.();
  }

  #own(session: Session): Handle {
    if (session instanceof Handle && stateOf(session).settings === this.#settings) return session;
    throw new TypeError("session: takes what open() of this very manager returned");
  }

  #finish(state: State, phase: Phase): Header[] | Promise<Header[]> {
    // Also after a commit that failed: a cookie that an earlier save owes is for a session that is stored.
    if (phase === "failed") return this.#close(state, false);
    if (state.sealed) return [];
    if (phase === "end") return this.#finishLate(state);
    const streaming = phase === "headers";
    if (!state.touched && state.owed === undefined && !this.#resends(state)) {
      return this.#close(state, streaming);
    }
    if (!streaming) state.seal();
    const fate = persist(state, this.#writers);
    return typeof fate === "string" ? this.#close(state, streaming) : fate.then(() => this.#close(state, streaming));
  }

  #close(state: State, streaming: boolean): Header[] {
    const headers = headersOf(state);
    if (streaming) state.send();
    else state.seal();
    return headers;
  }

  /** The visitor has the headers already: whoever watches must hear of what is lost, since nobody else can. */
  #finishLate(state: State): Header[] | Promise<Header[]> {
    state.seal();
    const lose = (error: unknown): Header[] => {
      const id = state.publicId;
      this.emit({ type: "lost", error, ...(id !== undefined && { id }) });
      return [];
    };
    try {
      const fate = state.touched ? persist(state, this.#writers) : "kept";
      return typeof fate === "string" ? [] : fate.then(() => [], lose);
    } catch (error) {
      return lose(error);
    }
  }

  #resends(state: State): boolean {
    return this.#settings.keeper.wires[0].resend !== undefined && state.found !== "nothing";
  }

  async #saved(state: State, store: () => "kept" | "gone" | Promise<"kept" | "gone">): Promise<void> {
    if (state.sealed) throw ended("the response is finished, and its session closed");
    if (state.isUnread && state.move === "none") {
      throw new SessionError("ERR_NOT_LOADED", "the session is lazy: await getSession().load() before changing it");
    }
    if ((await store()) === "gone") throw ended("it was ended meanwhile, and nothing was stored");
  }

  #inTurn<T>(state: State, task: () => Promise<T>): Promise<T> {
    const before = state.turn ?? Promise.resolve();
    // Even the first one starts after it is registered: its task must find its followers behind it.
    const mine = before.then(task);
    state.turn = mine.then(ignore, ignore);
    return mine;
  }
}

/** The engine behind what an adapter's `sessions` was given. */
export function toEngine(options: SessionOptions | SessionManager): Engine {
  return options instanceof Engine ? options : new Engine(options as SessionOptions);
}

/**
 * A manager: for what happens outside a framework's requests (websockets, jobs, administration), and to share one between
 * adapters. Throws `TypeError` for wrong options, naming the one.
 *
 * @example
 * ```ts
 * import { createSessionManager } from "dewar";
 * import { memoryStore } from "dewar/stores/memory";
 *
 * const manager = createSessionManager({ store: memoryStore() });
 * const session = await manager.open("session=…");
 * await manager.run(session, async () => session.flash("Hello from a websocket"));
 * const headers = await manager.commit(session);
 * ```
 */
export function createSessionManager(options: SessionOptions): SessionManager {
  return new Engine(options);
}

function ended(why: string): SessionError {
  return new SessionError("ERR_SESSION_ENDED", `the session can't be changed: ${why}`);
}

const NOBODY: Client = {};

function ignore(): void {}
