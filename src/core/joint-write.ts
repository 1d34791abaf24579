import type { Store, StoredSession, WriteMeta } from "../store.ts";
import type { KeyedQueue } from "./queue.ts";
import { isEmpty } from "./record.ts";
import type { Outcome, TimedStore } from "./timed-store.ts";
import { isOwnWork, unknownOutcome, type Written } from "./writer.ts";

/** However long a turn took, since the store was out perhaps: those in line have deadlines. */
const LONGEST_REST_MS = 500;
/** How many times as long as its turn a process rests that met others. Measured: with less, some starve in the storm. */
const RESTS_PER_TURN = 4;

/** One request's change of a stored session. */
export interface Change {
  /** Under the deadline of its request. */
  store: TimedStore;
  /** Carries it out in `store`. `stale`: what the request has read is known to be old. */
  write(store: TimedStore, stale: boolean): Promise<Written | "gone">;
  /** Whether it may be carried out again where an answer was lost. */
  repeatable: boolean;
}

/** A change that waits for its turn. */
export interface WaitingChange extends Change {
  resolve(written: Written | "gone"): void;
  reject(error: unknown): void;
}

/**
 * Carries out a change when those before it in this process are through. All that wait meanwhile are then carried out on
 * what is read once, and stored by one compare-and-swap: many requests on one session cost as many rounds as there are
 * processes, and not requests.
 */
export function writeInTurn(queue: KeyedQueue<WaitingChange>, id: string, change: Change): Promise<Written | "gone"> {
  const { promise, resolve, reject } = Promise.withResolvers<Written | "gone">();
  if (!queue.isBusy(id)) {
    queue.run(id, () => takeFirstTurn(change, resolve)).then(resolve, reject);
    return promise;
  }
  queue.join(id, { ...change, resolve, reject }, (group) => takeTurn(id, group)).catch(reject);
  return change.store.within(() => promise);
}

/** Nobody was in line before: what the request has read may still stand there. `tell` is called where a rest follows. */
async function takeFirstTurn({ store, write }: Change, tell: WaitingChange["resolve"]): Promise<Written | "gone"> {
  const start = performance.now();
  const written = await write(store, false);
  if (store.isContested) {
    tell(written);
    await restAmongOthers(start);
  }
  return written;
}

async function takeTurn(id: string, group: WaitingChange[]): Promise<void> {
  const start = performance.now();
  const alone = group.length > 1 ? await writeTogether(id, group) : group;
  for (const { store, write, resolve, reject } of alone) await write(store, true).then(resolve, reject);
  if (group.some(({ store }) => store.isContested)) await restAmongOthers(start);
  else await restUnseen(start);
}

/**
 * The fewer processes try at a time, the sooner each gets through. So whoever had his turn, which took the longer the more
 * they were, leaves the session to the others for longer than that.
 */
function restAmongOthers(start: number): Promise<unknown> {
  const longest = Math.min(RESTS_PER_TURN * (performance.now() - start), LONGEST_REST_MS);
  return sleep((longest * (1 + Math.random())) / 2);
}

/** There may be others all the same: one that always comes first meets nobody, and starves all that take longer. */
function restUnseen(start: number): Promise<unknown> {
  return sleep(Math.random() * Math.min(performance.now() - start, LONGEST_REST_MS));
}

function sleep(milliseconds: number): Promise<unknown> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/**
 * Resolves to those that are left to be done alone: who failed on a draft that nobody has stored yet, found the session ended
 * in it, or empties it, finds out for himself what is really there.
 */
async function writeTogether(id: string, group: WaitingChange[]): Promise<WaitingChange[]> {
  // Who came last has the most time left; the others give up by themselves.
  const { store } = group.at(-1) as WaitingChange;
  const alone: WaitingChange[] = [];
  let together = group;
  let written: Written | undefined;
  let outcome: Outcome<"conflict"> = "conflict";
  const settle = (result: Written | "gone") => {
    for (const { resolve } of together) resolve(result);
    return alone;
  };
  try {
    for (;;) {
      const stored = await store.read(id);
      if (stored === undefined) return settle("gone");
      if (written !== undefined && isOwnWork(stored, written, outcome)) return settle(written);
      if (outcome === "unknown") together = together.filter(giveUpUnlessRepeatable);
      const draft = new Draft(stored);
      const drafted: WaitingChange[] = [];
      for (const change of together) ((await draft.take(change)) ? drafted : alone).push(change);
      together = drafted;
      if (draft.written === undefined || draft.meta === undefined) return alone;
      written = draft.written;
      const swapped = await store.replace(id, written.payload, stored.version, draft.meta);
      if (swapped === "ok") {
        for (const tell of draft.news) tell();
        return settle(written);
      }
      if (swapped === "gone") return settle("gone");
      if (swapped === "conflict") await store.pause();
      outcome = swapped;
    }
  } catch (error) {
    for (const { reject } of together) reject(error);
    return alone;
  }
}

function giveUpUnlessRepeatable({ repeatable, reject }: WaitingChange): boolean {
  if (!repeatable) reject(unknownOutcome());
  return repeatable;
}

/** What is to be stored next: a store of one session that nobody else has seen. */
class Draft implements Store {
  written: Written | undefined;
  meta: WriteMeta | undefined;
  /** The events to emit once it is stored: what comes of a draft that isn't has not happened. */
  readonly news: (() => void)[] = [];
  #stored: StoredSession;

  constructor(stored: StoredSession) {
    this.#stored = { ...stored, version: stored.payload };
  }

  /** Adds a change. `false`: nothing of it is in the draft. */
  async take({ store, write }: Change): Promise<boolean> {
    const [stored, meta] = [this.#stored, this.meta];
    const news: (() => void)[] = [];
    const noted = store.over(this, (event) => void news.push(() => store.emit(event)));
    const written = await write(noted, true).catch(() => "gone" as const);
    if (written !== "gone" && !isEmpty(written.record)) {
      this.written = written;
      this.news.push(...news);
      return true;
    }
    this.#stored = stored;
    this.meta = meta;
    return false;
  }

  async read(): Promise<StoredSession> {
    return this.#stored;
  }

  async replace(_id: string, payload: Uint8Array, _version: unknown, meta: WriteMeta): Promise<"ok"> {
    this.#stored = { payload, version: payload, renewed: false };
    this.meta = meta;
    return "ok";
  }

  async delete(): Promise<boolean> {
    return true;
  }

  async create(): Promise<never> {
    throw new Error("a draft is of a session that is there");
  }
}
