import { Buffer } from "node:buffer";
import { resolve } from "node:path";
import type { ListedSession, ListFilter, Renewal, Store, StoredSession, WriteMeta } from "../store.ts";
import { batches } from "./lib/file/in-order.ts";
import { type FileRecord, isDue } from "./lib/file/layout.ts";
import { type Entry, listOf } from "./lib/file/lists.ts";
import { Sessions } from "./lib/file/sessions.ts";
import { sweep } from "./lib/file/sweep.ts";
import { Threshold } from "./lib/file/threshold.ts";
import { assertOption, assertOptions } from "./lib/options.ts";
import { warnOfPruning } from "./lib/prune-warning.ts";

/** What `fileStore` takes. */
export interface FileStoreOptions {
  /** The directory, made on first use (for its owner only) if it isn't there. */
  dir: string;
  /**
   * How many sessions it holds at most, 1 or more. For a further one another goes: first those that have ended, then those that
   * end soonest. Default: no limit.
   */
  threshold?: number;
  /** The mode of the files. Directories get the same, and may be searched by whom that lets read. Default `0o600`. */
  mode?: number;
}

const SWEEP_EVERY = 600_000;
const BATCH = 32;

/**
 * Keeps each session in a file of its own, for any number of processes of one machine (not over a network file system). The
 * files are laid out as those of cachelib's `FileSystemCache`, which Flask-Session writes. Nothing to install.
 *
 * What was acknowledged is on the disk: it survives `kill -9` and a loss of power. (A renewal may be undone by the latter.) A
 * write takes its place at one stroke, under a lock that dies with its process. A write waits up to 2 seconds for others'
 * locks, without holding up the event loop, then rejects.
 *
 * Expired sessions, and what killed processes left, are cleared in small steps as new sessions come, and by `prune`. What
 * else is in the directory is left alone. `close()` closes the lock files.
 *
 * Throws `TypeError` for a `dir`, `threshold` or `mode` that can't be one. Faults reject with the system's own error (`ENOSPC`,
 * `EACCES`, …); the session is then as it was.
 *
 * @example
 * ```ts
 * import { createSessionManager } from "dewar";
 * import { fileStore } from "dewar/stores/file";
 *
 * const manager = createSessionManager({ store: fileStore({ dir: "sessions" }) });
 * ```
 */
export function fileStore(options: FileStoreOptions): Store {
  assertOptions(options, "fileStore", "{ dir, threshold?, mode? }");
  const { dir, threshold = Number.POSITIVE_INFINITY, mode = 0o600 } = options;
  assertOption(typeof dir === "string" && dir !== "" && !dir.includes("\0"), "dir", "the path of a directory");
  const isThreshold = threshold === Number.POSITIVE_INFINITY || (Number.isSafeInteger(threshold) && threshold > 0);
  assertOption(isThreshold, "threshold", "a positive integer, or Infinity");
  const isMode = Number.isInteger(mode) && (mode & 0o600) === 0o600 && (mode & ~0o666) === 0;
  assertOption(isMode, "mode", "the mode of a file that its owner can read and write, such as 0o600");
  return new FileStore(new Sessions(resolve(dir), mode), threshold);
}

class FileStore implements Store {
  readonly #sessions: Sessions;
  readonly #threshold: Threshold;
  /** Of each version that `read` gave out, what was read. */
  readonly #records = new WeakMap<object, FileRecord>();
  #sweep: AsyncGenerator<number> | undefined;
  #isSweeping = false;
  /** By the clock that nobody sets. */
  #nextSweep = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(sessions: Sessions, threshold: number) {
    this.#sessions = sessions;
    this.#threshold = new Threshold(sessions, threshold);
  }

  async create(id: string, payload: Uint8Array, meta: WriteMeta): Promise<"ok" | "exists"> {
    this.#assertOpen();
    const expires = meta.expiresAt.getTime();
    const record = { payload: Buffer.from(payload), expires, owner: { id, subject: meta.subject } };
    await this.#sweepIfDue();
    const name = this.#sessions.name(id);
    if (await this.#sessions.live(name)) return "exists";
    return this.#threshold.admit(name, expires, () => this.#sessions.insert(name, record));
  }

  async read(id: string, renewal?: Renewal): Promise<StoredSession | undefined> {
    this.#assertOpen();
    const name = this.#sessions.name(id);
    const record = await this.#sessions.live(name);
    if (!record) return undefined;
    return renewal && isDue(record, renewal) ? this.#renew(name, renewal) : this.#found(record, false);
  }

  async replace(
    id: string,
    payload: Uint8Array,
    version: unknown,
    meta: WriteMeta,
  ): Promise<"ok" | "conflict" | "gone"> {
    this.#assertOpen();
    if (!(version instanceof Uint8Array)) return "conflict";
    const data = Buffer.from(payload);
    const name = this.#sessions.name(id);
    const read = this.#records.get(version) ?? (await this.#written(name, version));
    if (typeof read === "string") return read;
    const expires = meta.expiresAt.getTime();
    const record = { payload: data, expires, owner: read.owner };
    const outcome = await this.#sessions.rewrite(name, record, (now) => isSame(now, read));
    if (outcome !== "ok") return outcome;
    this.#threshold.note(name, expires);
    await this.#sessions.confirm();
    return "ok";
  }

  async delete(id: string): Promise<boolean> {
    this.#assertOpen();
    const name = this.#sessions.name(id);
    if (!(await this.#sessions.live(name))) return false;
    const removed = await this.#sessions.locks.hold(name, () => {
      const record = this.#sessions.liveNow(name);
      if (record) this.#sessions.remove(name, record);
      return record !== undefined;
    });
    if (!removed) return false;
    this.#threshold.noteRemoval();
    await this.#sessions.confirm();
    return true;
  }

  async *list({ subject, after, limit = Number.POSITIVE_INFINITY }: ListFilter): AsyncIterable<ListedSession> {
    this.#assertOpen();
    const { lists } = this.#sessions;
    const start = after === undefined ? undefined : parseCursor(after);
    const entries = subject === undefined ? lists.entries(start) : lists.entriesOf(listOf(subject), start);
    let left = limit;
    for await (const batch of batches(entries, Math.min(limit, BATCH))) {
      for (const session of await Promise.all(batch.map((entry) => this.#listed(entry)))) {
        if (!session) continue;
        yield session;
        left--;
        if (left <= 0) return;
      }
    }
  }

  async prune(now: Date): Promise<number> {
    this.#assertOpen();
    let removed = 0;
    for await (const count of sweep(this.#sessions, now.getTime())) {
      removed += count;
      this.#threshold.noteRemoval(count);
    }
    return removed;
  }

  async setup(): Promise<void> {
    this.#assertOpen();
    await this.#sessions.setup();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#sessions.locks.close();
    await this.#sweep?.return(0);
  }

  /** What stands there, if it is the `payload` that was written before, without being read. */
  async #written(name: string, payload: Uint8Array): Promise<FileRecord | "conflict" | "gone"> {
    const before = Buffer.from(payload);
    const record = await this.#sessions.live(name);
    if (!record) return "gone";
    return before.equals(record.payload) ? record : "conflict";
  }

  async #renew(name: string, renewal: Renewal): Promise<StoredSession | undefined> {
    const now = await this.#sessions.locks.hold(name, () => this.#sessions.renew(name, renewal));
    return now && this.#found(now.record, now.renewed);
  }

  #found(record: FileRecord, renewed: boolean): StoredSession {
    const { payload } = record;
    this.#records.set(payload, record);
    return { payload, version: payload, renewed, ...expiry(record) };
  }

  async #listed({ list, name }: Entry): Promise<ListedSession | undefined> {
    const record = await this.#sessions.live(name);
    if (!record?.owner || listOf(record.owner.subject) !== list) return undefined;
    const { id, subject } = record.owner;
    const who = subject === undefined ? {} : { subject };
    return { id, payload: record.payload, cursor: `${list}/${name}`, ...expiry(record), ...who };
  }

  /** Every few minutes, a few files with each `create`: so it keeps up with any rate of births. */
  async #sweepIfDue(): Promise<void> {
    if (this.#isSweeping || (!this.#sweep && performance.now() < this.#nextSweep)) return;
    this.#sweep ??= sweep(this.#sessions, Date.now());
    this.#isSweeping = true;
    let ended: boolean | undefined = true;
    try {
      const step = await this.#sweep.next();
      ended = step.done;
      if (!step.done) this.#threshold.noteRemoval(step.value);
    } catch (error) {
      // Whose session is created has no part in it.
      warnOfPruning(error);
    } finally {
      this.#isSweeping = false;
      if (ended) {
        this.#sweep = undefined;
        this.#nextSweep = performance.now() + SWEEP_EVERY;
      }
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw new Error("The store is closed.");
  }
}

/** Whether a session is still as it was read; but for its end, which a renewal moves. */
function isSame(now: FileRecord, read: FileRecord): boolean {
  const isSameOwner = now.owner?.id === read.owner?.id && now.owner?.subject === read.owner?.subject;
  return isSameOwner && Buffer.compare(now.payload, read.payload) === 0;
}

/** None that another program told to last for ever. */
function expiry({ expires }: FileRecord): { expiresAt?: Date } {
  return expires === Number.POSITIVE_INFINITY ? {} : { expiresAt: new Date(expires) };
}

function parseCursor(cursor: string): Entry {
  const [list = "", name = ""] = cursor.split("/");
  return { list, name };
}
