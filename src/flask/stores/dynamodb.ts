import { Buffer } from "node:buffer";
import type { ListedSession, ListFilter, Renewal, Store, StoredSession, WriteMeta } from "../../store.ts";
import { assertOption } from "../../stores/lib/options.ts";
import { answered, assertClient, ConditionFailed, type DynamodbClient, isMissingTable } from "./lib/dynamodb-client.ts";
import {
  binary,
  endOf,
  LIVES,
  living,
  livingItem,
  type SessionItem,
  seconds,
  wholeSeconds,
} from "./lib/dynamodb-item.ts";
import { ensureTable } from "./lib/dynamodb-table.ts";
import { unindexed } from "./unindexed.ts";

export type { DynamodbClient } from "./lib/dynamodb-client.ts";

/** What `dynamodbStore` takes. */
export interface DynamodbStoreOptions {
  /** A `DynamoDB` of `@aws-sdk/client-dynamodb`. */
  client: DynamodbClient;
  /** The table's name. Default `"Sessions"`. */
  table?: string;
  /** Default `false`: the table is made when it is found missing. */
  tableExists?: boolean;
  /** Stands before every id in the items. Default `"session:"`. */
  prefix?: string;
}

/** Bytes of a key, of which an id may be 255. */
const LONGEST_PREFIX = 2048 - 255;
/** Items that a listing looks at, and holds, at a time. */
const PAGE = 100;

/**
 * Keeps sessions in the table of `SESSION_TYPE=dynamodb`: an item `{ id, val, expiration }` for each, at most 400 KB, with ends
 * in whole seconds. The table is made when it is found missing, unless `tableExists`; `setup()` makes it in any case.
 *
 * Expiry is checked by the clock of this process on each read. DynamoDB removes expired items by itself, within some days,
 * once that is switched on for the table, which Flask-Session 0.8 tries and fails to do: `setup()` does it. Flask-Session 0.8
 * doesn't check, and goes on reading what has expired until it is removed. Its ends are off by the UTC offset of its
 * host: run it with `TZ=UTC`.
 *
 * Reads are consistent. A read is one command, and a second one only when it is due to renew; a write is one. A listing scans
 * the whole table, since the layout holds no subjects.
 *
 * Throws `TypeError` for an option that can't be one. Faults reject with what the SDK said, under the SDK's name for it.
 */
export function dynamodbStore(options: DynamodbStoreOptions): Store {
  const { client, table = "Sessions", tableExists = false, prefix = "session:" } = options;
  assertClient(client);
  assertOption(typeof table === "string" && table !== "", "table", "the name of a table");
  assertOption(typeof tableExists === "boolean", "tableExists", "true or false");
  const isPrefix = typeof prefix === "string" && Buffer.byteLength(prefix) <= LONGEST_PREFIX;
  assertOption(isPrefix, "prefix", `a string of at most ${LONGEST_PREFIX} bytes, which stands before every id`);
  return unindexed(new DynamodbStore(client, table, tableExists, prefix));
}

class DynamodbStore implements Store {
  readonly #client: DynamodbClient;
  readonly #table: string;
  readonly #tableExists: boolean;
  readonly #prefix: string;
  #making: Promise<void> | undefined;

  constructor(client: DynamodbClient, table: string, tableExists: boolean, prefix: string) {
    this.#client = client;
    this.#table = table;
    this.#tableExists = tableExists;
    this.#prefix = prefix;
  }

  async create(id: string, payload: Uint8Array, { expiresAt }: WriteMeta): Promise<"ok" | "exists"> {
    const item = { ...this.#key(id), val: binary(payload), expiration: wholeSeconds(expiresAt) };
    const refusal = await this.#refusal(() =>
      this.#client.putItem({
        TableName: this.#table,
        Item: item,
        ConditionExpression: `NOT (${LIVES})`,
        ExpressionAttributeValues: living(),
      }),
    );
    return refusal ? "exists" : "ok";
  }

  async read(id: string, renewal?: Renewal): Promise<StoredSession | undefined> {
    const item = await this.#find(id);
    if (!item) return undefined;
    const renewed = renewal !== undefined && (await this.#renew(id, item, renewal));
    return { payload: item.val, version: item.val, renewed, expiresAt: renewed ? renewal.expiresAt : endOf(item) };
  }

  async replace(
    id: string,
    payload: Uint8Array,
    version: unknown,
    { expiresAt }: WriteMeta,
  ): Promise<"ok" | "conflict" | "gone"> {
    if (!(version instanceof Uint8Array)) return "conflict";
    const [val, before] = [binary(payload), binary(version)];
    const refusal = await this.#refusal(() =>
      this.#client.updateItem({
        TableName: this.#table,
        Key: this.#key(id),
        UpdateExpression: "SET val = :val, expiration = :expiration",
        ConditionExpression: `${LIVES} AND val = :before`,
        ExpressionAttributeValues: {
          ...living(),
          ":val": val,
          ":before": before,
          ":expiration": wholeSeconds(expiresAt),
        },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    if (!refusal) return "ok";
    const found = refusal.item === undefined ? await this.#find(id) : livingItem(refusal.item);
    if (!found) return "gone";
    if (refusal.wasRepeated) throw new Error("An answer of DynamoDB's was lost: whether it has written, isn't known.");
    return "conflict";
  }

  async delete(id: string): Promise<boolean> {
    // Even if it has ended by the clock here: by that of another process it may live.
    const { Attributes } = await this.#run(() =>
      this.#client.deleteItem({ TableName: this.#table, Key: this.#key(id), ReturnValues: "ALL_OLD" }),
    );
    return livingItem(Attributes) !== undefined;
  }

  async *list({ after, limit = Number.POSITIVE_INFINITY }: ListFilter): AsyncIterable<ListedSession> {
    let start: unknown = after === undefined ? undefined : this.#key(after);
    for (let left = limit; left > 0; ) {
      const { Items, LastEvaluatedKey } = await this.#scan(start);
      for (const found of Items) {
        const item = livingItem(found);
        if (!item) continue;
        const id = item.id.slice(this.#prefix.length);
        yield { id, payload: item.val, cursor: id, expiresAt: endOf(item) };
        if (--left <= 0) return;
      }
      if (LastEvaluatedKey === undefined) return;
      start = LastEvaluatedKey;
    }
  }

  /** Once for all who find the table missing at the same time. */
  setup(): Promise<void> {
    this.#making ??= ensureTable(this.#client, this.#table).finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  async #find(id: string): Promise<SessionItem | undefined> {
    const { Item } = await this.#run(() =>
      this.#client.getItem({ TableName: this.#table, Key: this.#key(id), ConsistentRead: true }),
    );
    return livingItem(Item);
  }

  /** Whatever its payload is by then. */
  async #renew(id: string, item: SessionItem, { ifBefore, expiresAt }: Renewal): Promise<boolean> {
    const before = Math.min(ifBefore.getTime(), expiresAt.getTime());
    if (item.expiration * 1000 >= before) return false;
    const refusal = await this.#refusal(() =>
      this.#client.updateItem({
        TableName: this.#table,
        Key: this.#key(id),
        UpdateExpression: "SET expiration = :expiration",
        ConditionExpression: `${LIVES} AND expiration < :before`,
        ExpressionAttributeValues: {
          ...living(),
          ":before": seconds(before),
          ":expiration": wholeSeconds(expiresAt),
        },
      }),
    );
    return !refusal;
  }

  async #scan(start: unknown): Promise<{ Items: unknown[]; LastEvaluatedKey?: unknown }> {
    const hasPrefix = this.#prefix !== "";
    const { Items, LastEvaluatedKey } = await this.#run(() =>
      this.#client.scan({
        TableName: this.#table,
        ConsistentRead: true,
        Limit: PAGE,
        FilterExpression: hasPrefix ? `${LIVES} AND begins_with(id, :prefix)` : LIVES,
        ExpressionAttributeValues: { ...living(), ...(hasPrefix && { ":prefix": { S: this.#prefix } }) },
        ...(start !== undefined && { ExclusiveStartKey: start }),
      }),
    );
    return { Items: Array.isArray(Items) ? Items : [], LastEvaluatedKey };
  }

  /** Runs a command with a condition; resolves to what became of it where that doesn't hold. */
  async #refusal(command: () => Promise<object>): Promise<ConditionFailed | undefined> {
    try {
      await this.#run(command);
      return undefined;
    } catch (error) {
      if (error instanceof ConditionFailed) return error;
      throw error;
    }
  }

  async #run<Answer extends object>(command: () => Promise<Answer>): Promise<Answer> {
    try {
      return await answered(command());
    } catch (error) {
      if (!isMissingTable(error)) throw error;
      if (this.#tableExists) {
        const cure = "call setup() of the store, which makes it, or correct `table`";
        throw new Error(`DynamoDB has no table "${this.#table}" (option tableExists is true): ${cure}.`, {
          cause: error,
        });
      }
    }
    await this.setup();
    return answered(command());
  }

  #key(id: string): { id: { S: string } } {
    return { id: { S: this.#prefix + id } };
  }
}
