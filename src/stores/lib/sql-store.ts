import { setImmediate as nextTurn } from "node:timers/promises";
import type { ListedSession, ListFilter, Renewal, Store, StoredSession, WriteMeta } from "../../store.ts";
import type { SqlChange, SqlQuery } from "./sql.ts";

/** A parameter or a column. */
export type SqlValue = string | number | Uint8Array | null;

/** Runs the statements of `sql.ts` on some database. */
export interface SqlDriver {
  rows(query: SqlQuery, ...parameters: SqlValue[]): Promise<SqlRow[]>;
  /** Resolves to how many rows it changed. */
  change(statement: SqlChange, ...parameters: SqlValue[]): Promise<number>;
  setup(): Promise<void>;
  close(): Promise<void>;
}

/** What `read`, `list` and `listSubject` answer with. */
export interface SqlRow {
  id: string;
  data: Uint8Array;
  expires: number;
  subject: string | null;
}

const SWEEP_EVERY = 600_000;
const SWEEP_ROWS = 100;
const PRUNE_ROWS = 500;
const PAGE = 100;

/** The store contract in SQL, whatever the dialect. */
export class SqlStore implements Store {
  readonly #driver: SqlDriver;
  #nextSweep = 0;

  constructor(driver: SqlDriver) {
    this.#driver = driver;
  }

  async create(id: string, payload: Uint8Array, { expiresAt, subject }: WriteMeta): Promise<"ok" | "exists"> {
    const data = new Uint8Array(payload);
    await this.#sweepIfDue();
    const inserted = await this.#driver.change("create", id, data, expiresAt.getTime(), subject ?? null, Date.now());
    return inserted === 1 ? "ok" : "exists";
  }

  async read(id: string, renewal?: Renewal): Promise<StoredSession | undefined> {
    const [row] = await this.#driver.rows("read", id, Date.now());
    if (!row) return undefined;
    const renewed = renewal !== undefined && (await this.#renew(id, row, renewal));
    const expiresAt = renewed ? renewal.expiresAt : new Date(row.expires);
    return { payload: row.data, version: row.data, renewed, expiresAt };
  }

  async replace(
    id: string,
    payload: Uint8Array,
    version: unknown,
    meta: WriteMeta,
  ): Promise<"ok" | "conflict" | "gone"> {
    if (!(version instanceof Uint8Array)) return "conflict";
    const data = new Uint8Array(payload);
    // A copy: Node 22 binds an empty BLOB that it has read as NULL.
    const before = new Uint8Array(version);
    const expires = meta.expiresAt.getTime();
    if ((await this.#driver.change("replace", data, expires, id, before, Date.now())) === 1) return "ok";
    const [row] = await this.#driver.rows("read", id, Date.now());
    return row ? "conflict" : "gone";
  }

  async delete(id: string): Promise<boolean> {
    return (await this.#driver.change("delete", id, Date.now())) === 1;
  }

  async *list({ subject, after = "", limit = Number.POSITIVE_INFINITY }: ListFilter): AsyncIterable<ListedSession> {
    let cursor = after;
    for (let left = limit; left > 0; ) {
      const size = Math.min(left, PAGE);
      const rows = await (subject === undefined
        ? this.#driver.rows("list", Date.now(), cursor, size)
        : this.#driver.rows("listSubject", Date.now(), cursor, subject, size));
      for (const row of rows) {
        cursor = row.id;
        yield listed(row);
      }
      if (rows.length < size) return;
      left -= size;
    }
  }

  async prune(now: Date): Promise<number> {
    for (let pruned = 0; ; ) {
      const removed = await this.#driver.change("prune", now.getTime(), PRUNE_ROWS);
      pruned += removed;
      if (removed < PRUNE_ROWS) return pruned;
      await nextTurn();
    }
  }

  setup(): Promise<void> {
    return this.#driver.setup();
  }

  close(): Promise<void> {
    return this.#driver.close();
  }

  async #renew(id: string, { expires }: SqlRow, { ifBefore, expiresAt }: Renewal): Promise<boolean> {
    const before = Math.min(ifBefore.getTime(), expiresAt.getTime());
    if (expires >= before) return false;
    return (await this.#driver.change("renew", expiresAt.getTime(), id, Date.now(), before)) === 1;
  }

  /** Every few minutes, and again with the next `create` as long as there is more: it keeps up with any rate of births. */
  async #sweepIfDue(): Promise<void> {
    const now = Date.now();
    if (now < this.#nextSweep) return;
    this.#nextSweep = now + SWEEP_EVERY;
    if ((await this.#driver.change("prune", now, SWEEP_ROWS)) === SWEEP_ROWS) this.#nextSweep = now;
  }
}

function listed({ id, data, expires, subject }: SqlRow): ListedSession {
  const who = subject === null ? {} : { subject };
  return { id, payload: data, cursor: id, expiresAt: new Date(expires), ...who };
}
