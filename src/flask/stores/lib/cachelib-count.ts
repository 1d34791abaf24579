import { Buffer } from "node:buffer";
import fs from "node:fs";
import { makeDirectorySync, readRegularSync } from "../../../stores/lib/file/folder.ts";
import { countName, type Digest } from "../../../stores/lib/file/names.ts";
import { draftName } from "./cachelib-drafts.ts";
import type { CachelibFiles } from "./cachelib-files.ts";
import { readPickledInt, writePickledInt } from "./pickled-int.ts";

const NEVER = Buffer.alloc(4);

/**
 * The file where cachelib counts the others. It does so without a lock, so that one of our counts may be lost to one of
 * Flask's, or the reverse: before anything is removed for being too many, the files are counted anew.
 */
export class CachelibCount {
  readonly #files: CachelibFiles;
  readonly #name: string;
  readonly #mode: number;

  constructor(files: CachelibFiles, digest: Digest, mode: number) {
    this.#files = files;
    this.#name = countName(digest);
    this.#mode = mode;
  }

  get(): number {
    const file = readRegularSync(this.#files.path(this.#name));
    const count = file && this.#files.layout.decode(file)?.payload;
    return (count && readPickledInt(Buffer.from(count))?.value) ?? 0;
  }

  async add(change: number): Promise<void> {
    if (change !== 0) await this.#files.locks.hold(this.#name, () => this.#write(this.get() + change));
  }

  set(count: number): Promise<void> {
    return this.#files.locks.hold(this.#name, () => this.#write(count));
  }

  #write(count: number): void {
    makeDirectorySync(this.#files.directory, this.#mode);
    const draft = draftName();
    try {
      const path = this.#files.path(draft);
      fs.writeFileSync(path, Buffer.concat([NEVER, writePickledInt(count)]), { flag: "wx", mode: this.#mode });
      fs.chmodSync(path, this.#mode); // what the umask took
      fs.renameSync(path, this.#files.path(this.#name));
    } catch (error) {
      this.#files.removeNow(draft);
      throw error;
    }
  }
}
