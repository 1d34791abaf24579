import { startPython } from "./python.ts";

/** A stand-in for DynamoDB: moto, in memory, without its removal of expired items. It takes any credentials. */
export interface Moto {
  url: string;
  stop(): Promise<void>;
}

export async function startMoto(): Promise<Moto> {
  const python = await startPython("0.8", "dynamodb");
  const port = await python.ask("port");
  return { url: `http://127.0.0.1:${port}`, stop: () => python.stop() };
}
