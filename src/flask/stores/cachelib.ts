import { Buffer } from "node:buffer";
import { resolve } from "node:path";
import type { ListedSession, ListFilter, Renewal, Store, StoredSession, WriteMeta } from "../../store.ts";
import { batches } from "../../stores/lib/file/in-order.ts";
import { type FileRecord, isDue } from "../../stores/lib/file/layout.ts";
import type { Digest } from "../../stores/lib/file/names.ts";
import { assertOption } from "../../stores/lib/options.ts";
import { CachelibCount } from "./lib/cachelib-count.ts";
import { CachelibFiles, type Found } from "./lib/cachelib-files.ts";
import { CachelibNames, type Names } from "./lib/cachelib-names.ts";
import { CachelibRoom, type Written } from "./lib/cachelib-room.ts";

/** What `cachelibStore` takes. */
export interface CachelibStoreOptions {
  /** The cache's directory, made on first use if it isn't there. */
  dir: string;
  /** How many files may be there before one more is written; 0: no limit. Default 500. */
  threshold?: number;
  /** The mode of the files. Default `0o600`. */
  mode?: number;
  /** Stands before each id in what names its file. Default `"session:"`. */
  prefix?: string;
  /** By which files are named: md5 up to cachelib 0.15, sha256 from 0.17 on. Both are found. Default `"sha256"`. */
  digest?: Digest;
}

const BATCH = 32;

/**
 * Keeps sessions where a Flask application does by cachelib's `FileSystemCache`, while it runs. Payloads are the pickles; nothing of
 * ours is added. Files are counted and pruned as cachelib does, so that above the threshold live sessions go.
 *
 * Among processes with this store nothing is lost. Flask knows no lock: what it writes or removes between our last look at a
 * file and our rename, some millionths of a second later, is overwritten.
 *
 * A file tells neither id nor subject: `list` names sessions by their files. What expired stays until there are too many, or until
 * `prune`.
 *
 * Throws `TypeError` for options that can't be one. Faults reject with the system's own error (`ENOSPC`, `EACCES`, …).
 */
export function cachelibStore(options: CachelibStoreOptions): Store {
  const { dir, threshold = 500, mode = 0o600, prefix = "session:", digest = "sha256" } = options;
  assertOption(typeof dir === "string" && dir !== "" && !dir.includes("\0"), "dir", "the path of a directory");
  assertOption(
    Number.isSafeInteger(threshold) && threshold >= 0,
    "threshold",
    "a number of files, or 0 for any number",
  );
  const isMode = Number.isInteger(mode) && (mode & 0o600) === 0o600 && (mode & ~0o666) === 0;
  assertOption(isMode, "mode", "the mode of a file that its owner can read and write, such as 0o600");
  assertOption(typeof prefix === "string", "prefix", "a string, which stands before every id");
  assertOption(digest === "sha256" || digest === "md5", "digest", '"sha256" or "md5"');
  const files = new CachelibFiles(resolve(dir), mode);
  const room = new CachelibRoom(files, new CachelibCount(files, digest, mode), threshold);
  return new FileSystemStore(files, room, new CachelibNames(digest, prefix));
}

class FileSystemStore implements Store {
  readonly #files: CachelibFiles;
  readonly #room: CachelibRoom;
  readonly #names: CachelibNames;
  #closed = false;

  constructor(files: CachelibFiles, room: CachelibRoom, names: CachelibNames) {
    this.#files = files;
    this.#room = room;
    this.#names = names;
  }

  listedId(id: string): string {
    return this.#names.handleOf(this.#names.of(id).own);
  }

  async create(id: string, payload: Uint8Array, { expiresAt }: WriteMeta): Promise<"ok" | "exists"> {
    this.#assertOpen();
    const record = recordOf(payload, expiresAt);
    const names = this.#names.of(id);
    if (await this.#files.find(names)) return "exists";
    return this.#room.admit(names.own, true, () =>
      this.#write(names, record, () => (this.#files.findNow(names) ? "exists" : "ok")),
    );
  }

  async read(id: string, renewal?: Renewal): Promise<StoredSession | undefined> {
    this.#assertOpen();
    const names = this.#names.of(id);
    const found = await this.#files.find(names);
    if (!found) return undefined;
    return renewal && isDue(found.record, renewal) ? this.#renew(names, renewal) : stored(found.record, false);
  }

  async replace(
    id: string,
    payload: Uint8Array,
    version: unknown,
    { expiresAt }: WriteMeta,
  ): Promise<"ok" | "conflict" | "gone"> {
    this.#assertOpen();
    if (!(version instanceof Uint8Array)) return "conflict";
    const before = Buffer.from(version);
    const record = recordOf(payload, expiresAt);
    const names = this.#names.of(id);
    const check = (found: Found | undefined) => {
      if (!found) return "gone";
      return before.equals(found.record.payload) ? "ok" : "conflict";
    };
    const verdict = check(await this.#files.find(names));
    if (verdict !== "ok") return verdict;
    return this.#room.admit(names.own, false, () =>
      this.#write(names, record, () => check(this.#files.findNow(names))),
    );
  }

  async delete(id: string): Promise<boolean> {
    this.#assertOpen();
    await this.#room.begin();
    const names = this.#names.of(id);
    const { lived, removed } = await this.#files.locks.hold(names.own, () => ({
      lived: this.#files.findNow(names) !== undefined,
      removed: [names.own, names.other].filter((name) => name !== undefined && this.#files.removeNow(name)).length,
    }));
    if (removed === 0) return false;
    await this.#room.noteRemoval(removed);
    await this.#files.confirm();
    return lived;
  }

  async *list({ subject, after, limit }: ListFilter): AsyncIterable<ListedSession> {
    this.#assertOpen();
    // How many of all hold so many of one subject, nobody knows before.
    let left = (subject === undefined ? limit : undefined) ?? Number.POSITIVE_INFINITY;
    for await (const names of batches(this.#files.names(after), Math.min(left, BATCH))) {
      for (const session of await Promise.all(names.map((name) => this.#listed(name)))) {
        if (!session) continue;
        yield session;
        left--;
        if (left <= 0) return;
      }
    }
  }

  async prune(now: Date): Promise<number> {
    this.#assertOpen();
    await this.#room.begin();
    const ended = ({ expires }: FileRecord) => expires <= now.getTime();
    let pruned = 0;
    for await (const name of this.#files.names()) {
      const record = await this.#files.read(name);
      if (record && ended(record) && (await this.#room.removeIf(name, ended))) pruned++;
    }
    return pruned;
  }

  async setup(): Promise<void> {
    this.#assertOpen();
    await this.#files.setup();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#files.locks.close();
  }

  /** To its own name, if `check`, right before, says "ok". Only Flask could come between: it takes no lock. */
  async #write<Outcome extends string>(
    names: Names,
    record: FileRecord,
    check: () => Outcome | "ok",
  ): Promise<Written<Outcome | "ok">> {
    const { own, other } = names;
    let wasThere = false;
    const outcome = await this.#files.put(own, record, (publish) => {
      const verdict = check();
      wasThere = this.#files.isThere(own);
      if (verdict === "ok") publish();
      return verdict;
    });
    if (outcome !== "ok") return { outcome, more: 0 };
    const moved = other !== undefined && this.#files.removeNow(other);
    await this.#files.confirm();
    return { outcome, more: 1 - Number(wasThere) - Number(moved) };
  }

  async #renew(names: Names, renewal: Renewal): Promise<StoredSession | undefined> {
    const now = await this.#files.locks.hold(names.own, () => {
      const found = this.#files.findNow(names);
      return found && this.#files.renew(found.name, renewal);
    });
    return now && stored(now.record, now.renewed);
  }

  async #listed(name: string): Promise<ListedSession | undefined> {
    const record = await this.#files.live(name);
    if (!record) return undefined;
    return { id: this.#names.handleOf(name), payload: record.payload, cursor: name, ...endOf(record) };
  }

  #assertOpen(): void {
    if (this.#closed) throw new Error("The store is closed.");
  }
}

function recordOf(payload: Uint8Array, expiresAt: Date): FileRecord {
  return { payload: Buffer.from(payload), expires: expiresAt.getTime(), owner: undefined };
}

function stored(record: FileRecord, renewed: boolean): StoredSession {
  return { payload: record.payload, version: record.payload, renewed, ...endOf(record) };
}

function endOf({ expires }: FileRecord): { expiresAt?: Date } {
  return expires === Number.POSITIVE_INFINITY ? {} : { expiresAt: new Date(expires) };
}
