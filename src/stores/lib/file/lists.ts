import { hash } from "node:crypto";
import { inOrder } from "./in-order.ts";
import { IndexFolder } from "./index-folder.ts";

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
 * Who has which sessions: a directory for each user, named by a digest, and one for those of nobody; in it an entry for each
 * session, named as the session's file. An entry is made once, and never renamed: so a listing can't miss one that is there
 * all along, on any file system.
 */
export class Lists {
  readonly #index: IndexFolder;

  constructor(directory: string, mode: number) {
    this.#index = new IndexFolder(directory, mode);
  }

  add({ list, name }: Entry): void {
    this.#index.add(list, name);
  }

  remove({ list, name }: Entry): void {
    this.#index.remove(list, name);
    if (list !== NOBODY) this.#index.removeIfEmpty(list);
  }

  /** Has the disk confirm what was added. */
  confirm({ list }: Entry): Promise<void> {
    return this.#index.confirm(list);
  }

  /** The entries of a list after `after`, in order. */
  async *entriesOf(list: string, after: Entry = FIRST): AsyncGenerator<Entry> {
    const accept = (name: string) => SESSION.test(name) && (list > after.list || name > after.name);
    for await (const name of inOrder(this.#index.path(list), accept)) yield { list, name };
  }

  /** All entries after `after`, in order. */
  async *entries(after: Entry = FIRST): AsyncGenerator<Entry> {
    const accept = (list: string) => LIST.test(list) && list >= after.list;
    for await (const list of inOrder(this.#index.directory, accept)) yield* this.entriesOf(list, after);
  }
}

/** The list for the sessions of `subject`, or for those of nobody. */
export function listOf(subject: string | undefined): string {
  return subject === undefined ? NOBODY : hash("sha256", subject);
}
