import { setTimeout as sleep } from "node:timers/promises";
import { answered, type DynamodbClient, isMadeByAnother, isMissingTable } from "./dynamodb-client.ts";

/** Milliseconds. DynamoDB takes some seconds to make a table. */
const LONGEST_WAIT = 60_000;
const PAUSE = 250;

/** Sees to a table that is there and can be used, with the removal of what has expired. Idempotent. */
export async function ensureTable(client: DynamodbClient, table: string): Promise<void> {
  if ((await statusOf(client, table)) === undefined) await createTable(client, table);
  await untilActive(client, table);
  await ensureTimeToLive(client, table);
}

async function statusOf(client: DynamodbClient, table: string): Promise<unknown> {
  try {
    const { Table } = await answered(client.describeTable({ TableName: table }));
    return Table?.TableStatus;
  } catch (error) {
    if (isMissingTable(error)) return undefined;
    throw error;
  }
}

async function createTable(client: DynamodbClient, table: string): Promise<void> {
  const input = {
    TableName: table,
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
  };
  await answered(client.createTable(input)).catch((error: unknown) => {
    if (!isMadeByAnother(error)) throw error;
  });
}

async function untilActive(client: DynamodbClient, table: string): Promise<void> {
  const end = performance.now() + LONGEST_WAIT;
  for (;;) {
    const status = await statusOf(client, table);
    // While it is updated, it can be used as well.
    if (status === "ACTIVE" || status === "UPDATING") return;
    if (performance.now() > end) throw new Error(`The table "${table}" isn't there after ${LONGEST_WAIT / 1000} s.`);
    await sleep(PAUSE);
  }
}

async function ensureTimeToLive(client: DynamodbClient, table: string): Promise<void> {
  if (await hasTimeToLive(client, table)) return;
  const specification = { Enabled: true, AttributeName: "expiration" };
  const input = { TableName: table, TimeToLiveSpecification: specification };
  await answered(client.updateTimeToLive(input)).catch(async (error: unknown) => {
    // Another process was quicker.
    if (!(await hasTimeToLive(client, table))) throw error;
  });
}

async function hasTimeToLive(client: DynamodbClient, table: string): Promise<boolean> {
  const { TimeToLiveDescription } = await answered(client.describeTimeToLive({ TableName: table }));
  const status = TimeToLiveDescription?.TimeToLiveStatus;
  return status === "ENABLED" || status === "ENABLING";
}
