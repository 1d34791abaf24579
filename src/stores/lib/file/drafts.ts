import { randomUUID } from "node:crypto";
import fs from "node:fs";
import { type FileHandle, open, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { isMissing, makeDirectory, unlessMissing } from "./folder.ts";
import { inOrder } from "./in-order.ts";

/** Milliseconds. Nobody is at work on a draft for so long: who began it was killed. */
const ABANDONED = 600_000;
const NAME = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A file that is complete and on the disk, but not yet in its place. */
export interface Draft {
  /** Puts it in the place of `path`, at one stroke. */
  publish(path: string): void;
  /** Removes it, unless it was published. */
  discard(): Promise<void>;
}

/** The directory where files are written before they take their place. */
export class Drafts {
  readonly #directory: string;
  readonly #mode: number;

  constructor(directory: string, mode: number) {
    this.#directory = directory;
    this.#mode = mode;
  }

  async write(bytes: Uint8Array): Promise<Draft> {
    const path = join(this.#directory, randomUUID());
    const file = await this.#create(path);
    let written = false;
    try {
      try {
        await file.chmod(this.#mode); // what the umask took
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      written = true;
    } finally {
      if (!written) await unlessMissing(unlink(path));
    }
    let published = false;
    return {
      publish(place) {
        fs.renameSync(path, place);
        published = true;
      },
      async discard() {
        if (!published) await unlessMissing(unlink(path));
      },
    };
  }

  /** Removes what killed processes left. */
  async sweep(): Promise<void> {
    for await (const name of inOrder(this.#directory, (candidate) => NAME.test(candidate))) {
      const path = join(this.#directory, name);
      const found = await unlessMissing(stat(path));
      if (found && found.mtimeMs < Date.now() - ABANDONED) await unlessMissing(unlink(path));
    }
  }

  async #create(path: string): Promise<FileHandle> {
    try {
      return await open(path, "wx", this.#mode);
    } catch (error) {
      if (!isMissing(error)) throw error;
      await makeDirectory(this.#directory, this.#mode);
      return open(path, "wx", this.#mode);
    }
  }
}
