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
    return this.#write("create", ["ok", "exists"], () => this.#store.create(id, payload, meta));
  }

  replace(
    id: string,
    payload: Uint8Array,
    version: unknown,
    meta: WriteMeta,
  ): Promise<Outcome<"ok" | "conflict" | "gone">> {
    const call = () => this.#store.replace(id, payload, version, meta);
    return this.#write("replace", ["ok", "conflict", "gone"], call);
  }

  async read(id: string, renewal?: Renewal): Promise<StoredSession | undefined> {
    return this.#repeat("read", async () => checkStored(await this.#store.read(id, renewal)));
  }

  async delete(id: string): Promise<boolean> {
    return this.#repeat("delete", () => this.#store.delete(id));
  }

  /** Waits for what may take longer than this deadline. What it does with this store afterwards is refused. */
  within<T>(task: Promise<T>): Promise<T> {
    return limit(this.#endsAt - performance.now(), this.#timeout, () => task);
  }

  /** Between two tries; random, so that processes in conflict don't meet again at the same moment. */
  async pause(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_PAUSE_MS));
    if (performance.now() >= this.#endsAt) throw this.#tooLate();
  }

  async #write<T extends string>(
    operation: StoreOperation,
    answers: readonly T[],
    call: () => Promise<T>,
  ): Promise<Outcome<T>> {
    try {
      return await this.#call(operation, async () => checkAnswer(await call(), answers));
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
export async function timed<T>(
  operation: StoreOperation,
  left: number,
  timeout: number,
  emit: (event: SessionEvent) => void,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await limit(left, timeout, call);
  } catch (cause) {
    emit({ type: "store-error", operation, error: cause });
    throw new SessionError("ERR_STORE", `the session store failed on ${operation}`, { cause });
  }
}

function limit<T>(left: number, timeout: number, task: () => Promise<T>): Promise<T> {
  // Also where each answer is quick but never the last: no loop of tries outlives its deadline.
  if (left <= 0) return Promise.reject(tooLate(timeout));
  return new Promise((resolve, reject) => {
    const running = task();
    const timer = setTimeout(() => reject(tooLate(timeout)), left);
    running.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

function checkAnswer<T>(answer: T, answers: readonly T[]): T {
  if (answers.includes(answer)) return answer;
  throw new TypeError(`the store must answer one of ${answers.join(", ")}`);
}

/** A null for nothing is let pass; a payload that isn't bytes is one that no codec reads. */
function checkStored(stored: StoredSession | null | undefined): StoredSession | undefined {
  if (stored === undefined || stored === null) return undefined;
  return stored.payload instanceof Uint8Array ? stored : { ...stored, payload: new Uint8Array() };
}

function tooLate(timeout: number): SessionError {
  return new SessionError("ERR_STORE", `the session could not be read or stored within ${timeout} ms (storeTimeout)`);
}
