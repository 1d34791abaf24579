import { assertOption } from "../../../stores/lib/options.ts";

/** A `DynamoDB` of `@aws-sdk/client-dynamodb` (3), by the few methods that are called. */
export interface DynamodbClient {
  getItem(input: object): Promise<{ Item?: unknown }>;
  putItem(input: object): Promise<object>;
  updateItem(input: object): Promise<object>;
  deleteItem(input: object): Promise<{ Attributes?: unknown }>;
  scan(input: object): Promise<{ Items?: unknown; LastEvaluatedKey?: unknown }>;
  describeTable(input: object): Promise<{ Table?: { TableStatus?: unknown } | undefined }>;
  createTable(input: object): Promise<object>;
  describeTimeToLive(input: object): Promise<{ TimeToLiveDescription?: { TimeToLiveStatus?: unknown } | undefined }>;
  updateTimeToLive(input: object): Promise<object>;
}

export function assertClient(client: unknown): asserts client is DynamodbClient {
  const isClient = typeof client === "object" && client !== null && "updateItem" in client;
  assertOption(isClient, "client", "a `DynamoDB` of `@aws-sdk/client-dynamodb`, which isn't its `DynamoDBClient`");
}

/**
 * What DynamoDB answered to a command. Rejects with `ConditionFailed`, or with what the SDK said of a fault; and where the
 * answer is none of the SDK's, which must not look like something done.
 */
export async function answered<Answer extends object>(command: Promise<Answer>): Promise<Answer> {
  const answer: Answer & { $metadata?: Metadata } = await command.catch((error: unknown) => {
    throw isNamed(error, "ConditionalCheckFailedException") ? new ConditionFailed(error) : withoutItems(error);
  });
  if (answer.$metadata?.httpStatusCode !== 200) {
    throw new Error("The DynamoDB client answered a command with something that `@aws-sdk/client-dynamodb` doesn't.");
  }
  return answer;
}

/** The condition of a command didn't hold, so nothing was written: not by the last attempt, if the SDK made several. */
export class ConditionFailed extends Error {
  readonly #fault: Fault;

  constructor(fault: Fault) {
    super("The condition of a command of DynamoDB's didn't hold.");
    this.#fault = fault;
  }

  /** What was there, if anything, and if it is told. */
  get item(): unknown {
    return this.#fault.Item;
  }

  /** Whether an attempt failed before, which may have written all the same. */
  get wasRepeated(): boolean {
    return (this.#fault.$metadata?.attempts ?? 1) > 1;
  }
}

export function isMissingTable(error: unknown): boolean {
  return isNamed(error, "ResourceNotFoundException");
}

export function isMadeByAnother(error: unknown): boolean {
  return isNamed(error, "ResourceInUseException");
}

interface Metadata {
  httpStatusCode?: number;
  requestId?: string;
  attempts?: number;
}

/** What the SDK's errors may have, and those of the system. */
interface Fault extends Error {
  Item?: unknown;
  code?: unknown;
  $metadata?: Metadata;
  $responseBodyText?: unknown;
}

function isNamed(error: unknown, name: string): error is Fault {
  return error instanceof Error && error.name === name;
}

/** What the SDK said, alone: its errors may carry the answer, with the items in it. */
function withoutItems(error: unknown): Error {
  if (!(error instanceof Error)) return new Error("The DynamoDB client failed, and didn't say why.");
  const { name, message, code, $metadata, $responseBodyText }: Fault = error;
  // The message then quotes the answer.
  const isUnreadable = error instanceof SyntaxError || $responseBodyText !== undefined;
  const fault = new Error(isUnreadable ? "The SDK couldn't read the answer of DynamoDB." : message);
  if (!isUnreadable) fault.name = name;
  return Object.assign(fault, code !== undefined && { code }, $metadata !== undefined && { $metadata });
}
