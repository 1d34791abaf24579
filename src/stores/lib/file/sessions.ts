import fs from "node:fs";
import { join } from "node:path";
import type { Renewal } from "../../../store.ts";
import { Drafts } from "./drafts.ts";
import { Ends } from "./ends.ts";
import { makeDirectory, unlessMissingSync } from "./folder.ts";
import { type FileRecord, isLive } from "./layout.ts";
import { type Entry, Lists, listOf } from "./lists.ts";
import { Locks } from "./locks.ts";
import { nameOf, OURS } from "./names.ts";
import { ownLayout } from "./record.ts";
import { type Renewed, SessionFiles } from "./session-files.ts";

const PREFIX = "session:";

/** The files of `fileStore`, with an index of who has which, and one of when they end. */
export class Sessions extends SessionFiles {
  readonly lists: Lists;
  readonly ends: Ends;
  readonly #mode: number;

  constructor(directory: string, mode: number) {
    const ours = (part: string) => join(directory, OURS, part);
    super(directory, ownLayout, new Drafts(ours("new"), mode), new Locks(ours("locks"), mode));
    this.lists = new Lists(ours("lists"), mode);
    this.ends = new Ends(ours("ends"), mode);
    this.#mode = mode;
  }

  async setup(): Promise<void> {
    for (const part of ["new", "lists", "ends", "locks"]) await makeDirectory(this.path(join(OURS, part)), this.#mode);
  }

  name(id: string): string {
    return nameOf("sha256", PREFIX + id);
  }

  /** Puts a new session in its place, unless one lives there. */
  async insert(name: string, record: FileRecord): Promise<"ok" | "exists"> {
    const entry = entryOf(name, record);
    const outcome = await this.put(name, record, (publish) => {
      const before = this.readNow(name);
      if (before && isLive(before)) return "exists";
      if (before) this.remove(name, before);
      if (entry) this.#add(entry, record.expires, publish);
      else publish();
      return "ok";
    });
    if (outcome === "ok") await Promise.all([this.confirm(), entry && this.#confirm(entry, record.expires)]);
    return outcome;
  }

  /** Puts a session in the place of what is there, if that lives and `isAsRead` takes it. */
  rewrite(
    name: string,
    record: FileRecord,
    isAsRead: (now: FileRecord) => boolean,
  ): Promise<"ok" | "conflict" | "gone"> {
    return this.put(name, record, (publish) => {
      const now = this.liveNow(name);
      if (!now) return "gone";
      if (!isAsRead(now)) return "conflict";
      const entry = entryOf(name, record);
      if (entry) this.#move(entry, now.expires, record.expires, publish);
      else publish();
      return "ok";
    });
  }

  override renew(name: string, renewal: Renewal): Renewed | undefined {
    return super.renew(name, renewal, (record) => {
      const entry = entryOf(name, record);
      if (entry) this.#move(entry, record.expires, renewal.expiresAt.getTime());
    });
  }

  /** The record first: while there is one, its entries show it. */
  remove(name: string, record: FileRecord): void {
    // Another program may have been quicker.
    unlessMissingSync(() => fs.unlinkSync(this.path(name)));
    const entry = entryOf(name, record);
    if (entry) this.#removeEntries(entry, record.expires);
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

  /**
   * Removes the session of an entry in the hour of `found`, if it had ended before `now`: then it is true. An entry that tells
   * the wrong hour, as a killed process may leave it, goes where it belongs; one without a session goes.
   */
  async settle(entry: Entry, found: number, now: number): Promise<boolean> {
    const read = await this.read(entry.name);
    if (isOf(entry, read) && read.expires > now && this.ends.isSameHour(read.expires, found)) return false;
    return this.locks.hold(entry.name, () => {
      const record = this.readNow(entry.name);
      if (!isOf(entry, record)) {
        this.#removeEntries(entry, found);
        return false;
      }
      if (record.expires > now) {
        this.#move(entry, found, record.expires);
        return false;
      }
      this.remove(entry.name, record);
      if (!this.ends.isSameHour(record.expires, found)) this.ends.remove(entry, found);
      return true;
    });
  }

  /** By its end, what a killed process left is found: so it comes first, and goes last. */
  #add(entry: Entry, expires: number, publish: () => void): void {
    this.ends.add(entry, expires);
    try {
      this.lists.add(entry);
      publish();
    } catch (error) {
      this.#removeEntries(entry, expires);
      throw error;
    }
  }

  /** Moves an entry to another hour, before the end itself is moved. */
  #move(entry: Entry, from: number, to: number, publish: () => void = () => {}): void {
    try {
      this.ends.move(entry, from, to);
    } catch (error) {
      // Where it is found too early, on a full disk, clearing up moves it on; where too late, the session would outstay.
      if (to < from) throw error;
    }
    try {
      publish();
    } catch (error) {
      this.ends.move(entry, to, from);
      throw error;
    }
  }

  #removeEntries(entry: Entry, expires: number): void {
    this.lists.remove(entry);
    this.ends.remove(entry, expires);
  }

  async #confirm(entry: Entry, expires: number): Promise<void> {
    await Promise.all([this.lists.confirm(entry), this.ends.confirm(expires)]);
  }
}

/** None for a file that another program wrote. */
function entryOf(name: string, { owner }: FileRecord): Entry | undefined {
  return owner && { list: listOf(owner.subject), name };
}

function isOf({ list }: Entry, record: FileRecord | undefined): record is FileRecord {
  return record?.owner !== undefined && listOf(record.owner.subject) === list;
}
