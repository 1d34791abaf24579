import fs from "node:fs";
import { join } from "node:path";
import { Drafts } from "../../../stores/lib/file/drafts.ts";
import { isMissing, makeDirectory } from "../../../stores/lib/file/folder.ts";
import { inOrder } from "../../../stores/lib/file/in-order.ts";
import { type FileRecord, isLive } from "../../../stores/lib/file/layout.ts";
import { Locks } from "../../../stores/lib/file/locks.ts";
import { OURS } from "../../../stores/lib/file/names.ts";
import { SessionFiles } from "../../../stores/lib/file/session-files.ts";
import { draftName } from "./cachelib-drafts.ts";
import { cachelibLayout } from "./cachelib-layout.ts";
import { isSessionFile, type Names } from "./cachelib-names.ts";

const LOCKS = join(OURS, "locks");

/** A session, and the file in which it is. */
export interface Found {
  name: string;
  record: FileRecord;
}

/** The files of a directory that cachelib's `FileSystemCache` uses. Of ours there is nothing but locks beside them. */
export class CachelibFiles extends SessionFiles {
  readonly #mode: number;

  constructor(directory: string, mode: number) {
    super(directory, cachelibLayout, new Drafts(directory, mode, draftName), new Locks(join(directory, LOCKS), mode));
    this.#mode = mode;
  }

  async setup(): Promise<void> {
    await makeDirectory(this.path(LOCKS), this.#mode);
  }

  /** Finds a session that lives. */
  async find({ own, other }: Names): Promise<Found | undefined> {
    // Again at the end, for one that moves to its own name meanwhile.
    for (const name of other === undefined ? [own] : [own, other, own]) {
      const record = await this.read(name);
      if (record) return isLive(record) ? { name, record } : undefined;
    }
    return undefined;
  }

  findNow({ own, other }: Names): Found | undefined {
    for (const name of other === undefined ? [own] : [own, other]) {
      const record = this.readNow(name);
      if (record) return isLive(record) ? { name, record } : undefined;
    }
    return undefined;
  }

  isThere(name: string): boolean {
    return fs.existsSync(this.path(name));
  }

  /** Whether it was there: another program may have been faster. */
  removeNow(name: string): boolean {
    try {
      fs.unlinkSync(this.path(name));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  /** The names of all sessions' files after `after`, in order. */
  names(after: string = ""): AsyncGenerator<string> {
    return inOrder(this.directory, (name, entry) => name > after && isSessionFile(name) && entry.isFile());
  }
}
