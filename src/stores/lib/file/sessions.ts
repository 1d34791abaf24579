import { hash } from "node:crypto";
import fs from "node:fs";
import { join } from "node:path";
import { type Draft, Drafts } from "./drafts.ts";
import { makeDirectory, PATCH, readRegular, readRegularSync, syncDirectory } from "./folder.ts";
import { entries } from "./in-order.ts";
import { type Entry, Lists } from "./lists.ts";
import { Locks } from "./locks.ts";
import { decodeRecord, type FileRecord, isLive, renewalPatches } from "./record.ts";

/** What cachelib shares with us: names are digests of prefix and id. */
const DIGEST = "sha256";
const PREFIX = "session:";
const NAME = /^[0-9a-f]{64}$/;
/** The file where cachelib counts the others. */
const COUNT = hash(DIGEST, "__wz_cache_count");
/** What isn't a session, in one place. cachelib passes over names that end so. */
const OURS = "dewar.__wz_cache";

/** The files of a store's directory: how one is found, read, put in its place and removed. */
export class Sessions {
  readonly drafts: Drafts;
  readonly lists: Lists;
  readonly locks: Locks;
  readonly #directory: string;
  readonly #mode: number;

  constructor(directory: string, mode: number) {
    this.#directory = directory;
    this.#mode = mode;
    this.drafts = new Drafts(this.#ours("new"), mode);
    this.lists = new Lists(this.#ours("lists"), mode);
    this.locks = new Locks(this.#ours("locks"), mode);
  }

  async setup(): Promise<void> {
    for (const part of ["new", "lists", "locks"]) await makeDirectory(this.#ours(part), this.#mode);
  }

  name(id: string): string {
    return hash(DIGEST, PREFIX + id);
  }

  /** Reads a session that lives. */
  async live(name: string): Promise<FileRecord | undefined> {
    const record = await this.read(name);
    return record && isLive(record) ? record : undefined;
  }

  async read(name: string): Promise<FileRecord | undefined> {
    const file = await readRegular(this.#path(name));
    return file && decodeRecord(file);
  }

  liveNow(name: string): FileRecord | undefined {
    const record = this.readNow(name);
    return record && isLive(record) ? record : undefined;
  }

  readNow(name: string): FileRecord | undefined {
    const file = readRegularSync(this.#path(name));
    return file && decodeRecord(file);
  }

  publish(draft: Draft, name: string): void {
    draft.publish(this.#path(name));
  }

  /** Moves the end where it stands: the payload isn't touched, so there is nothing to tear. */
  renew(name: string, expires: number): void {
    const file = fs.openSync(this.#path(name), PATCH);
    try {
      const bytes = fs.readFileSync(file);
      const record = decodeRecord(bytes);
      if (!record) return;
      for (const patch of renewalPatches(record, bytes.length, expires)) {
        fs.writeSync(file, patch.bytes, 0, patch.bytes.length, patch.position);
      }
    } finally {
      fs.closeSync(file);
    }
  }

  /** The record first: while there is one, a list shows it. */
  remove(name: string, record: FileRecord): void {
    fs.unlinkSync(this.#path(name));
    if (record.owner) this.lists.remove(record.owner.subject, name);
  }

  /** Has the disk confirm which sessions there are. */
  confirm(): Promise<void> {
    return syncDirectory(this.#directory);
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
    for await (const entry of entries(this.#directory)) {
      if (entry.isFile() && NAME.test(entry.name) && entry.name !== COUNT) yield entry.name;
    }
  }

  #ours(part: string): string {
    return join(this.#directory, OURS, part);
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }
}
