import type { Renewal, Store, StoredSession, WriteMeta } from "../store.ts";
import { SessionError } from "./errors.ts";
import type { SessionEvent, StoreOperation } from "./events.ts";

/** What a write came to; `unknown`: the store failed, so it may have happened or not. Never repeat such a write blindly. */
export type Outcome<T extends string> = T | "unknown";

/** One more try after a fault: enough for a connection that was cut, few enough not to flood a store that is down. */
const MOST_FAULTS = 1;
const LONGEST_PAUSE_MS = 50;

/** A store under one deadline for all calls of one open, commit or update. Faults become `ERR_STORE` and an event. */
export class TimedStore {
  readonly #store: Store;
  readonly #timeout: number;
  readonly #endsAt: number;
  readonly #emit: (event: SessionEvent) => void;
  #faults = 0;

  constructor(store: Store, timeout: number, emit: (event: SessionEvent) => void) {
    this.#store = store;
    this.#timeout = timeout;
    // Not Date: a clock that is set must not end requests.
    this.#endsAt = performance.now() + timeout;
    this.#emit = emit;
  }

  create(id: string, payload: Uint8Array, meta: WriteMeta): Promise<Outcome<"ok" | "exists">> {
    return this.#write("create", () => this.#store.create(id, payload, meta));
  }

  replace(
    id: string,
    payload: Uint8Array,
    version: unknown,
    meta: WriteMeta,
  ): Promise<Outcome<"ok" | "conflict" | "gone">> {
    return this.#write("replace", () => this.#store.replace(id, payload, version, meta));
  }

  async read(id: string, renewal?: Renewal): Promise<StoredSession | undefined> {
    return this.#repeat("read", () => this.#store.read(id, renewal));
  }

  async delete(id: string): Promise<boolean> {
    return this.#repeat("delete", () => this.#store.delete(id));
  }

  /** Between two tries; random, so that processes in conflict don't meet again at the same moment. */
  async pause(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_PAUSE_MS));
    if (performance.now() >= this.#endsAt) throw this.#tooLate();
  }

  async #write<T extends string>(operation: StoreOperation, call: () => Promise<T>): Promise<Outcome<T>> {
    try {
      return await this.#call(operation, call);
    } catch (error) {
      await this.#afterFault(error);
      return "unknown";
    }
  }

  /** For what does no harm when it happens twice. */
  async #repeat<T>(operation: StoreOperation, call: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await this.#call(operation, call);
      } catch (error) {
        await this.#afterFault(error);
      }
    }
  }

  /** Throws again unless another try is left. */
  async #afterFault(error: unknown): Promise<void> {
    this.#faults++;
    if (this.#faults > MOST_FAULTS || performance.now() >= this.#endsAt) throw error;
    await this.pause();
  }

  #call<T>(operation: StoreOperation, call: () => Promise<T>): Promise<T> {
    return timed(operation, this.#endsAt - performance.now(), this.#timeout, this.#emit, call);
  }

  #tooLate(): SessionError {
    return tooLate(this.#timeout);
  }
}

/** One call to a store, for at most `left` of `timeout` milliseconds. A fault becomes `ERR_STORE` and an event. */
export function timed<T>(
  operation: StoreOperation,
  left: number,
  timeout: number,
  emit: (event: SessionEvent) => void,
  call: () => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => {
      clearTimeout(timer);
      emit({ type: "store-error", operation, error: cause });
      reject(new SessionError("ERR_STORE", `the session store failed on ${operation}`, { cause }));
    };
    const timer = setTimeout(() => fail(tooLate(timeout)), left);
    try {
      call().then((result) => {
        clearTimeout(timer);
        resolve(result);
      }, fail);
    } catch (error) {
      fail(error);
    }
  });
}

function tooLate(timeout: number): SessionError {
  return new SessionError("ERR_STORE", `the session store did not answer within ${timeout} ms (storeTimeout)`);
}
