import { DatabaseSync } from "node:sqlite";
import { Client as Memjs } from "memjs";
import { MongoClient } from "mongodb";
import mysql from "mysql2/promise";
import { createClient } from "redis";
import type { FlaskConfig } from "../../../src/flask/index.ts";
import { newPgPool } from "../../stores/lib/pg-pool.ts";
import type { FlaskConfig as ConfigOfFlask } from "../lib/flask-app.ts";

/** Flask's configuration for our side: in the place of each URL a client of the same server. */
export interface OurClients {
  config: FlaskConfig;
  end(): Promise<unknown>;
}

export async function connectClients(config: ConfigOfFlask): Promise<OurClients> {
  for (const [key, connect] of Object.entries(CLIENTS)) {
    const url = config[key];
    if (url === undefined) continue;
    const { client, end } = await connect(String(url));
    return { config: { ...(config as FlaskConfig), [key]: client }, end: async () => end() };
  }
  return { config: config as FlaskConfig, end: async () => {} };
}

type Connect = (url: string) => Promise<{ client: unknown; end(): unknown }>;

const CLIENTS: Record<string, Connect> = {
  async SESSION_REDIS(url) {
    const client = await createClient({ url }).connect();
    return { client, end: () => client.destroy() };
  },
  async SESSION_MEMCACHED(url) {
    const client = Memjs.create(new URL(url).host, { timeout: 10 });
    return { client, end: () => client.close() };
  },
  async SESSION_MONGODB(url) {
    const client = new MongoClient(url);
    return { client, end: () => client.close() };
  },
  async SESSION_DYNAMODB(url) {
    // Only where it is called for: its client is a package of its own.
    const { newClient } = await import("../dynamodb/client.ts");
    const client = newClient(url);
    return { client, end: () => client.destroy() };
  },
  async SESSION_SQLALCHEMY(url) {
    if (url.startsWith("sqlite:")) {
      const sqlite = new DatabaseSync(url.slice("sqlite:///".length));
      return { client: { sqlite }, end: () => sqlite.close() };
    }
    if (url.startsWith("mysql:")) {
      const pool = mysql.createPool(url);
      return { client: { mysql2: pool }, end: () => pool.end() };
    }
    const pool = newPgPool({ connectionString: url });
    return { client: { pg: pool }, end: () => pool.end() };
  },
};
