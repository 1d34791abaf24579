import { randomUUID } from "node:crypto";
import fs from "node:fs";
import { type FileHandle, open, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { isMissing, makeDirectory, READ, unlessMissing, unlessMissingSync } from "./folder.ts";
import { inOrder } from "./in-order.ts";

/** Milliseconds. Nobody is at work on a draft for so long: who began it was killed. */
const ABANDONED = 600_000;
const NAME = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const close = promisify(fs.close);

/** A file that is complete and on the disk, but not yet in its place. */
export interface Draft {
  /** Puts it in the place of `path`, at one stroke. */
  publish(path: string): void;
  /** Removes it, unless it was published; then what it replaced. */
  clear(): Promise<void>;
}

/** The directory where files are written before they take their place. */
export class Drafts {
  readonly #directory: string;
  readonly #mode: number;
  readonly #newName: () => string;

  constructor(directory: string, mode: number, newName: () => string = randomUUID) {
    this.#directory = directory;
    this.#mode = mode;
    this.#newName = newName;
  }

  async write(bytes: Uint8Array): Promise<Draft> {
    const path = join(this.#directory, this.#newName());
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
    let replaced: number | undefined;
    return {
      publish(place) {
        replaced = openIfThere(place);
        fs.renameSync(path, place);
        published = true;
      },
      async clear() {
        if (replaced !== undefined) await close(replaced);
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

/**
 * To be closed once it is replaced. The disk frees a file when nobody has it open any more, which takes longer than all else
 * that a rename does: so a thread does it, and not the event loop under a lock.
 */
function openIfThere(path: string): number | undefined {
  if (process.platform === "win32") return undefined; // it replaces no file that is open
  return unlessMissingSync(() => fs.openSync(path, READ));
}
