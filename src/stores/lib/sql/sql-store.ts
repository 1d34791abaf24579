import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ListedSession, ListFilter, Renewal, Store, StoredSession, WriteMeta } from "../../../store.ts";
import { retryWhileBusy } from "../retry.ts";
import { bytesIn, countIn, integerIn, rowsIn, textIn, textOrNullIn } from "./columns.ts";
import type { SqlDriver, SqlRow, SqlValue } from "./driver.ts";
import { isBusy, isDuplicate, isMadeByAnother, isMissingTable, withoutValues } from "./faults.ts";
import { Pruner } from "./pruner.ts";
import { BATCH, PAGE, type SqlStatements, sqlStatements } from "./statements.ts";

export interface SqlStoreSettings {
  table: string;
  schema: string | undefined;
  createTable: boolean;
  /** Milliseconds; undefined: never by itself. */
  pruneEvery: number | undefined;
  /** Closes what the driver opened. */
  end?: () => Promise<void>;
}

/** Milliseconds: how long a call waits for locks, and comes back after deadlocks. */
const PATIENCE = 2000;
/** What MEDIUMBLOB holds. Without strict mode, MySQL would cut off the rest. */
const MOST_BYTES = 2 ** 24 - 1;
/** No session has it. A row of this id says until when one process has undertaken to prune for all. */
const LEASE = "";
/** Of the time between two prunings: the timers of the next time are to find the lease free again. */
const LEASED = 0.9;

/** The store contract in SQL, whatever the dialect and the client. */
export class SqlStore implements Store {
  readonly #driver: SqlDriver;
  readonly #statements: SqlStatements;
  readonly #settings: SqlStoreSettings;
  readonly #pruner: Pruner | undefined;
  #closing: Promise<void> | undefined;

  constructor(driver: SqlDriver, settings: SqlStoreSettings) {
    const { table, schema, pruneEvery } = settings;
    this.#driver = driver;
    this.#settings = settings;
    this.#statements = sqlStatements(driver.dialect, table, schema);
    if (pruneEvery !== undefined) this.#pruner = new Pruner(pruneEvery, () => this.#pruneForAll(pruneEvery));
  }

  async create(id: string, payload: Uint8Array, { expiresAt, subject }: WriteMeta): Promise<"ok" | "exists"> {
    const data = copy(payload);
    const expires = expiresAt.getTime();
    const { create, takeOver } = this.#statements;
    const who = subject === undefined ? null : this.#key(subject);
    const row = [this.#key(id), data, expires, who];
    this.#pruner?.start();
    if (takeOver === undefined) return (await this.#change(create, ...row, Date.now())) === 1 ? "ok" : "exists";
    if (await this.#inserts(create, row)) return "ok";
    return (await this.#change(takeOver, data, expires, who, this.#key(id), Date.now())) === 1 ? "ok" : "exists";
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
    const data = copy(payload);
    // A copy: Node 22 binds an empty BLOB that it has read as NULL.
    const before = copy(version);
    const expires = meta.expiresAt.getTime();
    const { replace } = this.#statements;
    if ((await this.#change(replace, data, expires, this.#key(id), before, Date.now())) === 1) return "ok";
    const found = await this.#find(id);
    if (!found) return "gone";
    // MySQL, unless told otherwise, doesn't count a row that it finds as it is to be.
    const isAsAsked = before.equals(data) && data.equals(found.data) && found.expires === expires;
    return isAsAsked ? "ok" : "conflict";
  }

  async delete(id: string): Promise<boolean> {
    return (await this.#change(this.#statements.delete, this.#key(id), Date.now())) === 1;
  }

  async *list({ subject, after = "", limit = Number.POSITIVE_INFINITY }: ListFilter): AsyncIterable<ListedSession> {
    const { list, listSubject } = this.#statements;
    let cursor = after;
    for (let left = limit; left > 0; ) {
      const from = [Date.now(), this.#key(cursor)];
      const rows = await (subject === undefined
        ? this.#rows(list, ...from)
        : this.#rows(listSubject, ...from, this.#key(subject)));
      for (const row of rows) {
        if (left-- <= 0) return;
        const session = listed(row);
        cursor = session.id;
        yield session;
      }
      if (rows.length < PAGE) return;
    }
  }

  async prune(now: Date): Promise<number> {
    for (let pruned = 0; ; ) {
      const removed = await this.#change(this.#statements.prune, now.getTime());
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
    const [row] = await this.#rows(this.#statements.read, this.#key(id), Date.now());
    return row && { data: bytesIn(row["data"]), expires: integerIn(row["expires"]) };
  }

  async #renew(id: string, expires: number, { ifBefore, expiresAt }: Renewal): Promise<boolean> {
    const before = Math.min(ifBefore.getTime(), expiresAt.getTime());
    if (expires >= before) return false;
    const { renew } = this.#statements;
    return (await this.#change(renew, expiresAt.getTime(), this.#key(id), Date.now(), before)) === 1;
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

  /** Ids and subjects as their columns hold them: bytes, but for SQLite, whose text compares as bytes. */
  #key(text: string): SqlValue {
    return this.#driver.dialect === "sqlite" ? text : Buffer.from(text);
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
    for (const statement of this.#statements.setup) {
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

function listed(row: SqlRow): ListedSession {
  const { hex } = row;
  const id = hex === undefined ? textIn(row["id"]) : Buffer.from(textIn(hex), "hex").toString();
  const subject = textOrNullIn(row["subject"]);
  const who = subject === null ? {} : { subject };
  return { id, payload: bytesIn(row["data"]), cursor: id, expiresAt: new Date(integerIn(row["expires"])), ...who };
}

/** A Buffer, because some clients take only that for bytes. */
function copy(payload: Uint8Array): Buffer {
  if (payload.length > MOST_BYTES) throw new Error(`A session of ${payload.length} bytes: ${MOST_BYTES} are the most.`);
  return Buffer.from(payload);
}
