import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ListedSession, ListFilter, Renewal, Store, StoredSession, WriteMeta } from "../../../store.ts";
import { retryWhileBusy } from "../retry.ts";
import { bytesIn, countIn, integerIn, rowsIn, textOrNullIn } from "./columns.ts";
import type { SqlDriver, SqlRow, SqlValue } from "./driver.ts";
import { isBusy, isDuplicate, isMadeByAnother, isMissingTable, withoutValues } from "./faults.ts";
import type { SqlLayout } from "./layout.ts";
import { Pruner } from "./pruner.ts";
import { BATCH, PAGE } from "./statements.ts";

export interface SqlStoreSettings {
  /** As an error names it. */
  table: string;
  createTable: boolean;
  /** Milliseconds; undefined: never by itself. */
  pruneEvery: number | undefined;
  /** Closes what the driver opened. */
  end?: () => Promise<void>;
}

/** Milliseconds: how long a call waits for locks, and comes back after deadlocks. */
const PATIENCE = 2000;
/** No session has it. A row of this id says until when one process has undertaken to prune for all. */
const LEASE = "";
/** Of the time between two prunings: the timers of the next time are to find the lease free again. */
const LEASED = 0.9;

/** The store contract in SQL, whatever the table, the dialect and the client. */
export class SqlStore implements Store {
  readonly #driver: SqlDriver;
  readonly #layout: SqlLayout;
  readonly #settings: SqlStoreSettings;
  readonly #pruner: Pruner | undefined;
  #closing: Promise<void> | undefined;

  constructor(driver: SqlDriver, layout: SqlLayout, settings: SqlStoreSettings) {
    const { pruneEvery } = settings;
    this.#driver = driver;
    this.#layout = layout;
    this.#settings = settings;
    if (pruneEvery !== undefined) this.#pruner = new Pruner(pruneEvery, () => this.#pruneForAll(pruneEvery));
  }

  async create(id: string, payload: Uint8Array, { expiresAt, subject }: WriteMeta): Promise<"ok" | "exists"> {
    const { statements, key, columns, identity } = this.#layout;
    const { create, takeOver } = statements;
    const values = columns(this.#copy(payload), this.#time(expiresAt), subject);
    this.#pruner?.start();
    if (takeOver === undefined)
      return (await this.#change(create, key(id), ...values, Date.now())) === 1 ? "ok" : "exists";
    if (await this.#inserts(create, [key(id), ...values])) return "ok";
    return (await this.#change(takeOver, ...values, ...identity(id), Date.now())) === 1 ? "ok" : "exists";
  }

  async read(id: string, renewal?: Renewal): Promise<StoredSession | undefined> {
    const found = await this.#find(id);
    if (!found) return undefined;
    const renewed = renewal !== undefined && (await this.#renew(id, found.expires, renewal));
    const expiresAt = renewed ? renewal.expiresAt : new Date(found.expires);
    return { payload: found.data, version: found.data, renewed, expiresAt };
  }

  async replace(
    id: string,
    payload: Uint8Array,
    version: unknown,
    meta: WriteMeta,
  ): Promise<"ok" | "conflict" | "gone"> {
    if (!(version instanceof Uint8Array)) return "conflict";
    const data = this.#copy(payload);
    // A copy: Node 22 binds an empty BLOB that it has read as NULL.
    const before = Buffer.from(version);
    const expires = this.#time(meta.expiresAt);
    const { statements, identity } = this.#layout;
    if ((await this.#change(statements.replace, data, expires, ...identity(id), before, Date.now())) === 1) return "ok";
    const found = await this.#find(id);
    if (!found) return "gone";
    // MySQL, unless told otherwise, doesn't count a row that it finds as it is to be.
    const isAsAsked = before.equals(data) && data.equals(found.data) && found.expires === expires;
    return isAsAsked ? "ok" : "conflict";
  }

  async delete(id: string): Promise<boolean> {
    const { statements, identity } = this.#layout;
    return (await this.#change(statements.delete, ...identity(id), Date.now())) === 1;
  }

  async *list({ subject, after = "", limit = Number.POSITIVE_INFINITY }: ListFilter): AsyncIterable<ListedSession> {
    const { statements, key } = this.#layout;
    const { list, listSubject } = statements;
    let cursor = after;
    for (let left = limit; left > 0; ) {
      const from = [Date.now(), ...this.#layout.after(cursor)];
      const rows = await (subject === undefined || listSubject === undefined
        ? this.#rows(list, ...from)
        : this.#rows(listSubject, ...from, key(subject)));
      for (const row of rows) {
        if (left-- <= 0) return;
        const session = this.#listed(row);
        cursor = session.id;
        yield session;
      }
      if (rows.length < PAGE) return;
    }
  }

  async prune(now: Date): Promise<number> {
    for (let pruned = 0; ; ) {
      const removed = await this.#change(this.#layout.statements.prune, now.getTime());
      pruned += removed;
      if (removed < BATCH) return pruned;
      await nextTurn();
    }
  }

  setup(): Promise<void> {
    return this.#ask(() => this.#setUp());
  }

  close(): Promise<void> {
    this.#pruner?.stop();
    this.#closing ??= Promise.resolve(this.#settings.end?.());
    return this.#closing;
  }

  async #find(id: string): Promise<{ data: Uint8Array; expires: number } | undefined> {
    const { statements, identity } = this.#layout;
    const [row] = await this.#rows(statements.read, ...identity(id), Date.now());
    return row && { data: bytesIn(row["data"]), expires: integerIn(row["expires"]) };
  }

  async #renew(id: string, expires: number, { ifBefore, expiresAt }: Renewal): Promise<boolean> {
    const before = Math.min(ifBefore.getTime(), expiresAt.getTime());
    if (expires >= before) return false;
    const { statements, identity } = this.#layout;
    const values = [this.#time(expiresAt), ...identity(id), Date.now(), before];
    return (await this.#change(statements.renew, ...values)) === 1;
  }

  /** Whether the id was free, where the database makes an error of it if not. */
  async #inserts(create: string, row: SqlValue[]): Promise<boolean> {
    const insert = async () => countIn(await this.#driver.change(create, row)) === 1;
    return this.#ask(() => insert().catch((error) => (isDuplicate(error) ? false : Promise.reject(error))));
  }

  /**
   * Unless another process does. The lease is taken as a session is created, and ends as a session does. One that would last
   * longer than ours, of a process that prunes more rarely or whose clock is ahead, is replaced.
   */
  async #pruneForAll(every: number): Promise<void> {
    const held = await this.#find(LEASE);
    if (held && held.expires <= Date.now() + every) return;
    const end = new Date(Date.now() + LEASED * every);
    // What only its holder wrote, so that of several that replace a lease one succeeds.
    const [holder, meta] = [Buffer.from(randomUUID()), { expiresAt: end, endsAt: end }];
    const lease = held ? this.replace(LEASE, holder, held.data, meta) : this.create(LEASE, holder, meta);
    if ((await lease) === "ok") await this.prune(new Date());
  }

  #listed(row: SqlRow): ListedSession {
    const id = this.#layout.idIn(row);
    const subject = textOrNullIn(row["subject"] ?? null);
    const who = subject === null ? {} : { subject };
    return { id, payload: bytesIn(row["data"]), cursor: id, expiresAt: new Date(integerIn(row["expires"])), ...who };
  }

  /** A Buffer, because some clients take only that for bytes. */
  #copy(payload: Uint8Array): Buffer {
    const { mostBytes } = this.#layout;
    if (payload.length <= mostBytes) return Buffer.from(payload);
    throw new Error(`A session of ${payload.length} bytes: ${mostBytes} are the most.`);
  }

  /** As the table will keep it. */
  #time(date: Date): number {
    const time = date.getTime();
    return time - (time % this.#layout.precision);
  }

  async #rows(statement: string, ...values: SqlValue[]): Promise<readonly SqlRow[]> {
    return rowsIn(await this.#ask(() => this.#driver.rows(statement, values)));
  }

  async #change(statement: string, ...values: SqlValue[]): Promise<number> {
    return countIn(await this.#ask(() => this.#driver.change(statement, values)));
  }

  /** Waits for locks, and makes the table where that was asked for. */
  async #ask<T>(call: () => Promise<T>): Promise<T> {
    if (this.#closing) throw new Error("The store is closed.");
    const { createTable, table } = this.#settings;
    try {
      return await retryWhileBusy(call, isBusy, PATIENCE).catch(async (error: unknown) => {
        if (!createTable || !isMissingTable(error)) throw error;
        await this.#setUp();
        return retryWhileBusy(call, isBusy, PATIENCE);
      });
    } catch (error) {
      if (isMissingTable(error)) throw new Error(howToMake(table, this.#driver.dialect));
      throw withoutValues(error);
    }
  }

  async #setUp(): Promise<void> {
    for (const statement of this.#layout.statements.setup) {
      const run = () => this.#driver.change(statement, []);
      await retryWhileBusy(run, (error) => isBusy(error) || isMadeByAnother(error), PATIENCE);
    }
  }
}

function howToMake(table: string, dialect: string): string {
  return (
    `The database has no table "${table}" for sessions. Make it with \`await store.setup()\`, let the store make it with ` +
    `\`createTable: true\`, or run what \`sqlSetup({ dialect: "${dialect}" })\` returns.`
  );
}
