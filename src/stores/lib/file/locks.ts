import fs from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { retryWhileBusy } from "../retry.ts";
import { createEmpty, hasCode, makeDirectorySync, unlessMissingSync } from "./folder.ts";

/** Milliseconds: how long a call waits for another process. */
const PATIENCE = 2000;
const SQLITE_BUSY = 5;

interface Lock {
  database: DatabaseSync;
  file: number;
}

/**
 * Locks between processes that the system lets go when one dies: those of SQLite, on databases that stay empty. Node has no
 * other. What is done under a lock is done without a pause, so that a process that is busy, or waits for its disk, never
 * keeps the others waiting; and a session's lock is one of sixteen, so that few wait for one another.
 */
export class Locks {
  readonly #directory: string;
  readonly #mode: number;
  readonly #held = new Map<string, Lock>();
  #closed = false;

  constructor(directory: string, mode: number) {
    this.#directory = directory;
    this.#mode = mode;
  }

  /** Does `work` while no other process does so for a session of the same lock. */
  async hold<T>(session: string, work: () => T): Promise<T> {
    const { DatabaseSync } = await import("node:sqlite");
    const path = join(this.#directory, `${session.slice(0, 1)}.lock`);
    try {
      return await retryWhileBusy(() => this.#attempt(path, DatabaseSync, work), isPassing, PATIENCE);
    } catch (error) {
      if (!isBusy(error)) throw error;
      throw new Error(
        `Another process has held ${path} for ${PATIENCE / 1000} seconds: one that is stopped, or on a slow disk.`,
        { cause: error },
      );
    }
  }

  close(): void {
    this.#closed = true;
    for (const path of this.#held.keys()) this.#drop(path);
  }

  #attempt<T>(path: string, Database: typeof DatabaseSync, work: () => T): T {
    if (this.#closed) throw new Error("The store is closed.");
    for (;;) {
      const { database, file } = this.#held.get(path) ?? this.#open(path, Database);
      this.#begin(path, database);
      try {
        // Who cleans up old files may have removed it: then others hold a new one, and this one locks nobody out.
        if (fileNumber(path) === file) return work();
      } finally {
        database.exec("ROLLBACK");
      }
      this.#drop(path);
    }
  }

  #open(path: string, Database: typeof DatabaseSync): Lock {
    makeDirectorySync(this.#directory, this.#mode);
    createEmpty(path, this.#mode);
    const database = new Database(path);
    // No wait inside SQLite, which would stop the event loop; and no journal, since nothing is ever written.
    database.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY");
    const lock = { database, file: fileNumber(path) ?? 0 };
    this.#held.set(path, lock);
    return lock;
  }

  #begin(path: string, database: DatabaseSync): void {
    try {
      database.exec("BEGIN IMMEDIATE");
    } catch (error) {
      // It may have been opened while nobody could write there.
      if (!isBusy(error)) this.#drop(path);
      throw error;
    }
  }

  #drop(path: string): void {
    this.#held.get(path)?.database.close();
    this.#held.delete(path);
  }
}

function fileNumber(path: string): number | undefined {
  return unlessMissingSync(() => fs.statSync(path).ino);
}

/** Whether waiting helps. On Windows nobody can replace or remove a file while another program reads it. */
function isPassing(error: unknown): boolean {
  return isBusy(error) || (process.platform === "win32" && hasCode(error, "EPERM", "EACCES", "EBUSY"));
}

function isBusy(error: unknown): boolean {
  // The extended codes keep the plain one in their lowest byte.
  return error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;
}
