import { DynamoDB, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";

/** A client of a stand-in, which takes any credentials. Repeats nothing. */
export function newClient(endpoint: string, config: DynamoDBClientConfig = {}): DynamoDB {
  const credentials = { accessKeyId: "dummy", secretAccessKey: "dummy" };
  return new DynamoDB({ endpoint, region: "us-west-2", credentials, maxAttempts: 1, ...config });
}
