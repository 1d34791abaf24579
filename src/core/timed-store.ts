import type { Renewal, Store, StoredSession, WriteMeta } from "../store.ts";
import { SessionError } from "./errors.ts";
import type { SessionEvent, StoreOperation } from "./events.ts";

/** What a write came to; `unknown`: the store failed, so it may have happened or not. Never repeat such a write blindly. */
export type Outcome<T extends string> = T | "unknown";

type Replaced = "ok" | "conflict" | "gone";
const CREATED = ["ok", "exists"] as const;
const REPLACED = ["ok", "conflict", "gone"] as const;

/** One more try after a fault: enough for a connection that was cut, few enough not to flood a store that is down. */
const MOST_FAULTS = 1;
const LONGEST_PAUSE_MS = 50;
/** How many times as long as a try, at most, to wait until the next. */
const PAUSES_PER_TRY = 4;

/** A store under one deadline for all calls of one open, commit or update. Faults become `ERR_STORE` and an event. */
export class TimedStore {
  readonly #store: Store;
  readonly #timeout: number;
  #endsAt: number;
  /** Where events of what is done in this store go. */
  readonly emit: (event: SessionEvent) => void;
  #faults = 0;
  #readAt = performance.now();
  #contested = false;

  constructor(store: Store, timeout: number, emit: (event: SessionEvent) => void) {
    this.#store = store;
    this.#timeout = timeout;
    // Not Date: a clock that is set must not end requests.
    this.#endsAt = performance.now() + timeout;
    this.emit = emit;
  }

  /** Another store, under this one's deadline. */
  over(store: Store, emit: (event: SessionEvent) => void): TimedStore {
    const other = new TimedStore(store, this.#timeout, emit);
    other.#endsAt = this.#endsAt;
    return other;
  }

  create(id: string, payload: Uint8Array, meta: WriteMeta): Promise<Outcome<"ok" | "exists">> {
    return this.#write("create", CREATED, () => this.#store.create(id, payload, meta));
  }

  replace(id: string, payload: Uint8Array, version: unknown, meta: WriteMeta): Promise<Outcome<Replaced>> {
    return this.#write("replace", REPLACED, () => this.#store.replace(id, payload, version, meta));
  }

  read(id: string, renewal?: Renewal): Promise<StoredSession | undefined> {
    this.#readAt = performance.now();
    return this.#repeat("read", () => this.#store.read(id, renewal), checkStored);
  }

  delete(id: string): Promise<boolean> {
    const before = this.#faults;
    // After a fault, what isn't there any more was deleted by the call whose answer got lost.
    return this.#repeat(
      "delete",
      () => this.#store.delete(id),
      (deleted) => deleted || this.#faults > before,
    );
  }

  /** Waits for `task`, which may call this store, no longer than its deadline. */
  within<T>(task: () => Promise<T>): Promise<T> {
    return limit(this.#left(), this.#timeout, task, asItIs);
  }

  /** Whether another process had written what was to be replaced. */
  get isContested(): boolean {
    return this.#contested;
  }

  /** Before the next try, after a conflict: for long, where to read, change and write takes long. */
  pause(): Promise<void> {
    return this.#pause(PAUSES_PER_TRY * (performance.now() - this.#readAt));
  }

  /** Random, so that processes in conflict don't meet again at the same moment. */
  async #pause(longest: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(longest, LONGEST_PAUSE_MS)));
    if (performance.now() >= this.#endsAt) throw tooLate(this.#timeout);
  }

  #write<T extends string>(
    operation: StoreOperation,
    answers: readonly T[],
    call: () => Promise<T>,
  ): Promise<Outcome<T>> {
    const check = (answer: T) => {
      if (answer === "conflict") this.#contested = true;
      return checkAnswer(answer, answers);
    };
    return this.#call(operation, call, check).catch(async (error: unknown) => {
      await this.#afterFault(error);
      return "unknown" as const;
    });
  }

  /** For what does no harm when it happens twice. */
  #repeat<T, R>(operation: StoreOperation, call: () => Promise<T>, accept: (answer: T) => R): Promise<R> {
    return this.#call(operation, call, accept).catch(async (error: unknown) => {
      await this.#afterFault(error);
      return this.#repeat(operation, call, accept);
    });
  }

  /** Throws again unless another try is left. */
  async #afterFault(error: unknown): Promise<void> {
    this.#faults++;
    if (this.#faults > MOST_FAULTS || performance.now() >= this.#endsAt) throw error;
    await this.#pause(LONGEST_PAUSE_MS);
  }

  #call<T, R>(operation: StoreOperation, call: () => Promise<T>, accept: (answer: T) => R): Promise<R> {
    return timed(operation, this.#left(), this.#timeout, this.emit, call, accept);
  }

  #left(): number {
    return this.#endsAt - performance.now();
  }
}

/** One call to a store, for at most `left` of `timeout` milliseconds. A fault becomes `ERR_STORE` and an event. */
export function timed<T, R>(
  operation: StoreOperation,
  left: number,
  timeout: number,
  emit: (event: SessionEvent) => void,
  call: () => Promise<T>,
  accept: (answer: T) => R,
): Promise<R> {
  return limit(left, timeout, call, accept, (cause) => {
    emit({ type: "store-error", operation, error: cause });
    return new SessionError("ERR_STORE", `the session store failed on ${operation}`, { cause });
  });
}

/** Waits for `task`, `timeout` milliseconds at most. */
export function within<T>(timeout: number, task: () => Promise<T>): Promise<T> {
  return limit(timeout, timeout, task, asItIs);
}

/** One promise for all of it, since each one more is felt in every request. */
function limit<T, R>(
  left: number,
  timeout: number,
  task: () => Promise<T>,
  accept: (answer: T) => R,
  explain: (error: unknown) => unknown = asItIs,
): Promise<R> {
  return new Promise((resolve, reject) => {
    const refuse = (error: unknown) => {
      clearTimeout(timer);
      reject(explain(error));
    };
    const settle = (answer: T) => {
      clearTimeout(timer);
      try {
        resolve(accept(answer));
      } catch (error) {
        refuse(error);
      }
    };
    let timer: NodeJS.Timeout | undefined;
    // Also where each answer is quick but never the last: no loop of tries outlives its deadline.
    if (left <= 0) return refuse(tooLate(timeout));
    timer = setTimeout(() => refuse(tooLate(timeout)), left);
    try {
      task().then(settle, refuse);
    } catch (error) {
      refuse(error);
    }
  });
}

function asItIs<T>(value: T): T {
  return value;
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
