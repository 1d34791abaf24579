import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Client as Memjs } from "memjs";
import type { Binary, MongoClient } from "mongodb";
import type { Pool as MysqlPool } from "mysql2/promise";
import type { Pool as PgPool } from "pg";
import { type createClient, RESP_TYPES } from "redis";
import type { BackendName } from "../lib/backends.ts";
import type { OurClients } from "./our-clients.ts";

type Keys = Record<string, unknown>;

/** What stands in a back end under a session's key, by the client alone. */
export async function storedBytes(name: BackendName, config: OurClients["config"], key: string): Promise<Uint8Array> {
  const bytes = await READERS[name](config as Keys, key);
  if (!(bytes instanceof Uint8Array)) throw new Error(`${name} has nothing under the key.`);
  return bytes;
}

const QUERY = "SELECT data FROM sessions WHERE session_id =";

const READERS: Record<BackendName, (config: Keys, key: string) => unknown> = {
  cookie: () => undefined,
  redis: ({ SESSION_REDIS }, key) =>
    (SESSION_REDIS as ReturnType<typeof createClient>).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }).get(key),
  memcached: async ({ SESSION_MEMCACHED }, key) => (await (SESSION_MEMCACHED as Memjs).get(key)).value,
  filesystem: ({ SESSION_FILE_DIR }, key) => inFile(String(SESSION_FILE_DIR), key),
  cachelib: ({ SESSION_CACHELIB }, key) => inFile((SESSION_CACHELIB as { cache_dir: string }).cache_dir, key),
  async mongodb({ SESSION_MONGODB }, id) {
    const collection = (SESSION_MONGODB as MongoClient).db("flask_session").collection<{ val: Binary }>("sessions");
    return (await collection.findOne({ id }))?.val.buffer;
  },
  sqlite({ SESSION_SQLALCHEMY }, key) {
    const { sqlite } = SESSION_SQLALCHEMY as { sqlite: DatabaseSync };
    return sqlite.prepare(`${QUERY} ?`).get(key)?.["data"];
  },
  async postgres({ SESSION_SQLALCHEMY }, key) {
    const { rows } = await (SESSION_SQLALCHEMY as { pg: PgPool }).pg.query(`${QUERY} $1`, [key]);
    return rows[0]?.data;
  },
  async mariadb({ SESSION_SQLALCHEMY }, key) {
    const [rows] = await (SESSION_SQLALCHEMY as { mysql2: MysqlPool }).mysql2.query(`${QUERY} ?`, [key]);
    return (rows as { data: Uint8Array }[])[0]?.data;
  },
  async dynamodb({ SESSION_DYNAMODB }, id) {
    const client = SESSION_DYNAMODB as { getItem(input: object): Promise<{ Item?: { val?: { B?: Uint8Array } } }> };
    return (await client.getItem({ TableName: "Sessions", Key: { id: { S: id } } })).Item?.val?.B;
  },
};

async function inFile(folder: string, key: string): Promise<Uint8Array> {
  const file = await readFile(join(folder, createHash("sha256").update(key).digest("hex")));
  // Its end comes first.
  return file.subarray(4);
}
