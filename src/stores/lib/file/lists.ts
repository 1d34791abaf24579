import { hash } from "node:crypto";
import fs from "node:fs";
import { join } from "node:path";
import {
  createEmpty,
  hasCode,
  isMissing,
  makeDirectorySync,
  syncDirectory,
  unlessMissing,
  unlessMissingSync,
} from "./folder.ts";
import { inOrder } from "./in-order.ts";

/** Where the sessions of nobody are. */
const NOBODY = "nobody";
const LIST = /^(nobody|[0-9a-f]{64})$/;
const SESSION = /^[0-9a-f]{64}$/;
const FIRST: Entry = { list: "", name: "" };

/** One session in one list: the names of the directory and of the file. */
export interface Entry {
  list: string;
  name: string;
}

/**
 * Who has which sessions: a directory for each user, named by a digest, and one for those of nobody; in it an empty file for
 * each session, named as the session's. An entry is made once, and never renamed: so a listing can't miss one that is
 * there all along, on any file system.
 */
export class Lists {
  readonly #directory: string;
  readonly #mode: number;

  constructor(directory: string, mode: number) {
    this.#directory = directory;
    this.#mode = mode;
  }

  add(subject: string | undefined, name: string): void {
    const list = this.#list(subject);
    for (;;) {
      try {
        createEmpty(join(list, name), this.#mode);
        return;
      } catch (error) {
        if (!isMissing(error)) throw error;
        makeDirectorySync(list, this.#mode);
      }
    }
  }

  remove(subject: string | undefined, name: string): void {
    this.removeEntry({ list: listOf(subject), name });
  }

  removeEntry({ list, name }: Entry): void {
    unlessMissingSync(() => fs.unlinkSync(join(this.#directory, list, name)));
    if (list !== NOBODY) this.#removeIfEmpty(list);
  }

  /** Has the disk confirm what was added. */
  async confirm(subject: string | undefined): Promise<void> {
    // Another process may have emptied, and removed, it again.
    const directories = [this.#list(subject), this.#directory];
    await Promise.all(directories.map((directory) => unlessMissing(syncDirectory(directory))));
  }

  /** The entries of a list after `after`, in order. */
  async *entriesOf(list: string, after: Entry = FIRST): AsyncGenerator<Entry> {
    const accept = (name: string) => SESSION.test(name) && (list > after.list || name > after.name);
    for await (const name of inOrder(join(this.#directory, list), accept)) yield { list, name };
  }

  /** All entries after `after`, in order. */
  async *entries(after: Entry = FIRST): AsyncGenerator<Entry> {
    const accept = (list: string) => LIST.test(list) && list >= after.list;
    for await (const list of inOrder(this.#directory, accept)) yield* this.entriesOf(list, after);
  }

  #list(subject: string | undefined): string {
    return join(this.#directory, listOf(subject));
  }

  #removeIfEmpty(list: string): void {
    try {
      fs.rmdirSync(join(this.#directory, list));
    } catch (error) {
      // Windows says EPERM or EBUSY while somebody reads it.
      if (!hasCode(error, "ENOTEMPTY", "EEXIST", "ENOENT", "EPERM", "EBUSY")) throw error;
    }
  }
}

/** The list for the sessions of `subject`, or for those of nobody. */
export function listOf(subject: string | undefined): string {
  return subject === undefined ? NOBODY : hash("sha256", subject);
}
