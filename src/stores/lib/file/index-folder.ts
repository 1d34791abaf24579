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

/** An index of sessions: directories of empty files, whose names are the entries. */
export class IndexFolder {
  readonly directory: string;
  readonly #mode: number;

  constructor(directory: string, mode: number) {
    this.directory = directory;
    this.#mode = mode;
  }

  add(part: string, entry: string): void {
    for (;;) {
      try {
        createEmpty(this.#path(part, entry), this.#mode);
        return;
      } catch (error) {
        if (!isMissing(error)) throw error;
        makeDirectorySync(this.path(part), this.#mode);
      }
    }
  }

  /** At one stroke, so that no loss of power loses it. One that isn't where it should be is added. */
  move(entry: string, from: string, to: string): void {
    const rename = () => {
      fs.renameSync(this.#path(from, entry), this.#path(to, entry));
      return true;
    };
    if (unlessMissingSync(rename)) return;
    makeDirectorySync(this.path(to), this.#mode);
    if (!unlessMissingSync(rename)) this.add(to, entry);
  }

  remove(part: string, entry: string): void {
    unlessMissingSync(() => fs.unlinkSync(this.#path(part, entry)));
  }

  removeIfEmpty(part: string): void {
    try {
      fs.rmdirSync(this.path(part));
    } catch (error) {
      // Windows says EPERM or EBUSY while somebody reads it.
      if (!hasCode(error, "ENOTEMPTY", "EEXIST", "ENOENT", "EPERM", "EBUSY")) throw error;
    }
  }

  /** Has the disk confirm what was added. */
  async confirm(part: string): Promise<void> {
    // Another process may have emptied, and removed, it again.
    const directories = [this.path(part), this.directory];
    await Promise.all(directories.map((directory) => unlessMissing(syncDirectory(directory))));
  }

  path(part: string): string {
    return join(this.directory, part);
  }

  #path(part: string, entry: string): string {
    return join(this.directory, part, entry);
  }
}
