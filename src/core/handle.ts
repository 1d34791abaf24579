import type { Flash } from "../codec.ts";
import { SessionError } from "./errors.ts";
import type { Session, SessionData } from "./session.ts";
import { clearData, type State } from "./state.ts";

/** The three things that a handle can't do by itself, since they need the store. */
export interface Actions {
  load(state: State): Promise<void>;
  save(state: State): Promise<void>;
  update(state: State, change: (data: Partial<SessionData>) => void | Promise<void>): Promise<void>;
}

const MOST_SUBJECT_BYTES = 255;

/** The state behind a handle: for the core, not for applications, whose logs must never show a token. */
export let stateOf: (handle: Handle) => State;

/** The handle of one request's session: reads the state, or notes in it what the commit is to do. */
export class Handle implements Session {
  readonly #state: State;
  readonly #actions: Actions;

  static {
    stateOf = (handle) => handle.#state;
    const inspect = Symbol.for("nodejs.util.inspect.custom");
    Object.defineProperty(Handle.prototype, inspect, { value: Handle.prototype.toJSON });
  }

  constructor(state: State, actions: Actions) {
    this.#state = state;
    this.#actions = actions;
  }

  /** Whether anything asked for the session: then the response depends on the cookie. */
  get touched(): boolean {
    return this.#state.touched;
  }

  get data(): Partial<SessionData> {
    return this.#loaded().record.data;
  }

  get id(): string | undefined {
    const state = this.#touch();
    return state.isUnread || !state.isLive ? undefined : state.publicId;
  }

  get isNew(): boolean {
    const state = this.#loaded();
    // Interprets what was read.
    void state.isLive;
    return !state.cameLive;
  }

  get subject(): string | undefined {
    return this.#loaded().record.subject;
  }

  get createdAt(): Date | undefined {
    return this.#loaded().record.createdAt;
  }

  get authenticatedAt(): Date | undefined {
    return this.#loaded().record.authenticatedAt;
  }

  get expiresAt(): Date {
    return this.#loaded().expiresAt();
  }

  get permanent(): boolean {
    return this.#loaded().record.permanent;
  }

  set permanent(permanent: boolean) {
    const { record } = this.#writable("permanent", true);
    if (typeof permanent !== "boolean") throw new TypeError("permanent: true or false");
    record.permanent = permanent;
  }

  login(subject: string): void {
    // A lone surrogate has no bytes of its own: two subjects could become one.
    if (typeof subject !== "string" || subject === "" || subject.includes("\0") || !subject.isWellFormed()) {
      const but = typeof subject === "string" ? "" : `, and this is a ${typeof subject}`;
      throw new TypeError(`login: the subject is a string of 1 to 255 bytes, well-formed and without NUL${but}`);
    }
    if (Buffer.byteLength(subject) > MOST_SUBJECT_BYTES)
      throw new TypeError("login: the subject has more than 255 bytes");
    const state = this.#writable("login()", true, false);
    const apply = () => {
      const { record } = state;
      const now = new Date();
      if (record.subject !== undefined && record.subject !== subject) {
        clearData(record);
        record.createdAt = now;
        delete record.device;
        state.dropped = true;
        state.era++;
      }
      record.subject = subject;
      record.authenticatedAt = now;
      state.settings.keeper.wires[0].loggedIn?.(record.data, state.client);
    };
    state.move = "login";
    if (state.isUnread) state.deferred.push(apply);
    else apply();
  }

  logout(): void {
    this.#writable("logout()", this.#state.settings.keeper.kind === "cookie", false).end();
  }

  destroy(): void {
    this.logout();
  }

  regenerate(): void {
    const state = this.#writable("regenerate()", true, false);
    if (state.move === "none") state.move = "regenerate";
  }

  clear(): void {
    clearData(this.#writable("clear()").record);
  }

  flash(message: unknown, category = "message"): void {
    if (typeof category !== "string") throw new TypeError("flash: the category is a string");
    const { record } = this.#writable("flash()");
    record.flashes = [...(record.flashes ?? []), { message, category }];
  }

  flashes(filter: { category?: string } = {}): Flash[] {
    const state = this.#loaded();
    const queue = state.record.flashes ?? [];
    const { category } = filter;
    const read = category === undefined ? queue : queue.filter((flash) => flash.category === category);
    if (read.length === 0) return [];
    this.#writable("flashes()").record.flashes = queue.filter((flash) => !read.includes(flash));
    return [...read];
  }

  load(): Promise<void> {
    return this.#actions.load(this.#touch());
  }

  save(): Promise<void> {
    return this.#actions.save(this.#touch());
  }

  update(change: (data: Partial<SessionData>) => void | Promise<void>): Promise<void> {
    return this.#actions.update(this.#touch(), change);
  }

  /** What may be printed: everything but the token and the data. */
  toJSON(): { id?: string; subject?: string; permanent?: boolean; loaded: boolean } {
    const state = this.#state;
    if (state.isUnread) return { loaded: false };
    const { subject, permanent } = state.record;
    const id = state.isLive ? state.publicId : undefined;
    return { ...(id !== undefined && { id }), ...(subject !== undefined && { subject }), permanent, loaded: true };
  }

  /** Throws unless a write can still be kept. `what` is named in the message. */
  assertWritable(what: string): void {
    this.#writable(what);
  }

  #touch(): State {
    this.#state.touched = true;
    return this.#state;
  }

  #loaded(): State {
    const state = this.#touch();
    if (state.isUnread) {
      throw new SessionError("ERR_NOT_LOADED", "the session is lazy: await getSession().load() before looking at it");
    }
    return state;
  }

  #writable(what: string, needsCookie = false, needsLoad = true): State {
    const state = needsLoad ? this.#loaded() : this.#touch();
    if (state.sealed) {
      const why = "the session is committed and closed; was an await forgotten before it?";
      throw new SessionError("ERR_SESSION_ENDED", `${what} after the response: ${why}`);
    }
    if (state.unavailable !== undefined) {
      const message = `${what}: the store could not be read, so this request can't change its session`;
      throw new SessionError("ERR_STORE", message, { cause: state.unavailable });
    }
    if (state.headersSent && (needsCookie || (what !== "logout()" && state.needsCookieToWrite))) {
      throw new SessionError(
        "ERR_HEADERS_SENT",
        `${what} needs to set a cookie, but the headers are out: call it earlier`,
      );
    }
    return state;
  }
}
