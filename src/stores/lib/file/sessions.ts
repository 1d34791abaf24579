import fs from "node:fs";
import { join } from "node:path";
import { Drafts } from "./drafts.ts";
import { makeDirectory } from "./folder.ts";
import { entries } from "./in-order.ts";
import type { FileRecord } from "./layout.ts";
import { type Entry, Lists } from "./lists.ts";
import { Locks } from "./locks.ts";
import { countName, nameOf, OURS } from "./names.ts";
import { ownLayout } from "./record.ts";
import { SessionFiles } from "./session-files.ts";

const DIGEST = "sha256";
const PREFIX = "session:";
const NAME = /^[0-9a-f]{64}$/;
const COUNT = countName(DIGEST);

/** The files of `fileStore`, with lists of who has which. */
export class Sessions extends SessionFiles {
  readonly lists: Lists;
  readonly #mode: number;

  constructor(directory: string, mode: number) {
    const ours = (part: string) => join(directory, OURS, part);
    super(directory, ownLayout, new Drafts(ours("new"), mode), new Locks(ours("locks"), mode));
    this.lists = new Lists(ours("lists"), mode);
    this.#mode = mode;
  }

  async setup(): Promise<void> {
    for (const part of ["new", "lists", "locks"]) await makeDirectory(this.path(join(OURS, part)), this.#mode);
  }

  name(id: string): string {
    return nameOf(DIGEST, PREFIX + id);
  }

  /** The record first: while there is one, a list shows it. */
  remove(name: string, record: FileRecord): void {
    fs.unlinkSync(this.path(name));
    if (record.owner) this.lists.remove(record.owner.subject, name);
  }

  /** Removes a session, unless it has changed so that it is no longer `doomed`. One that others wrote stays. */
  removeIf(name: string, doomed: (record: FileRecord) => boolean): Promise<boolean> {
    return this.locks.hold(name, () => {
      const record = this.readNow(name);
      if (!record?.owner || !doomed(record)) return false;
      this.remove(name, record);
      return true;
    });
  }

  /** Removes an entry that has no record: its writer was killed before it wrote one. */
  removeEntryIfIdle(entry: Entry): Promise<void> {
    return this.locks.hold(entry.name, () => {
      if (!this.readNow(entry.name)) this.lists.removeEntry(entry);
    });
  }

  /** The names of all files that may be sessions, in no order. */
  async *names(): AsyncGenerator<string> {
    for await (const entry of entries(this.directory)) {
      if (entry.isFile() && NAME.test(entry.name) && entry.name !== COUNT) yield entry.name;
    }
  }
}
