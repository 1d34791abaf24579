import { readdir, stat } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createConnection } from "mysql2/promise";
import pg from "pg";
import type { Place, PlaceName } from "../services/places.ts";
import { ask } from "../services/redis.ts";

/** What tells how much a store's server, or its files, hold. */
interface Gauge {
  bytes(): Promise<number>;
  /** All that the server has open, the one that asks among them. */
  connections?(): Promise<number>;
  version?(): Promise<string>;
}

type Kind = Extract<PlaceName, "redis" | "memcached" | "postgres" | "mysql" | "sqlite" | "file">;

export const gauges: Record<Kind, (place: Place) => Gauge> = {
  redis: ({ url }) => ({
    bytes: async () => field(await ask(url, ["INFO", "memory"]), /used_memory:(\d+)/),
    connections: async () => field(await ask(url, ["INFO", "clients"]), /connected_clients:(\d+)/),
    version: async () => /redis_version:(\S+)/.exec(await ask(url, ["INFO", "server"]))?.[1] ?? "",
  }),
  memcached: ({ url }) => ({
    // Of each item the whole chunk: what an item leaves of its chunk is lost.
    async bytes() {
      const slabs = await memcachedSays(url, "stats slabs");
      const chunks = new Map(
        [...slabs.matchAll(/(\d+):chunk_size (\d+)/g)].map(([, slab, size]) => [slab, Number(size)]),
      );
      const used = [...slabs.matchAll(/(\d+):used_chunks (\d+)/g)];
      return used.reduce((sum, [, slab, count]) => sum + (chunks.get(slab) ?? 0) * Number(count), 0);
    },
    connections: async () => field(await memcachedSays(url, "stats"), /curr_connections (\d+)/),
    version: async () => /version (\S+)/.exec(await memcachedSays(url, "stats"))?.[1] ?? "",
  }),
  postgres: ({ url }) => ({
    bytes: () => postgresSays(url, "SELECT pg_total_relation_size('sessions')"),
    connections: () => postgresSays(url, "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"),
    version: async () =>
      String(((await postgresSays(url, "SELECT current_setting('server_version_num')")) / 10_000) | 0),
  }),
  mysql: ({ url }) => ({
    async bytes() {
      await mariadbSays(url, "ANALYZE TABLE sessions");
      const sum = "SELECT data_length + index_length AS n FROM information_schema.tables WHERE table_name = 'sessions'";
      return Number(await mariadbSays(url, sum));
    },
    connections: async () =>
      Number(await mariadbSays(url, "SELECT COUNT(*) AS n FROM information_schema.processlist WHERE user = 'dewar'")),
    version: async () => String(await mariadbSays(url, "SELECT VERSION() AS n")).replace(/-.*/, ""),
  }),
  sqlite: ({ url }) => ({
    async bytes() {
      const database = new DatabaseSync(url.replace("sqlite:", ""));
      try {
        // What stands in the log belongs to the file.
        database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
        const { page_count } = database.prepare("PRAGMA page_count").get() as { page_count: number };
        const { page_size } = database.prepare("PRAGMA page_size").get() as { page_size: number };
        return page_count * page_size;
      } finally {
        database.close();
      }
    },
    version: async () => process.versions["sqlite"] ?? "",
  }),
  file: ({ url }) => ({ bytes: () => blocksOf(url.replace("file:", "")) }),
};

function field(text: string, pattern: RegExp): number {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`The server doesn't tell ${pattern.source}.`);
  return Number(found);
}

/** One line to Memcached; its answer up to END. */
function memcachedSays(url: string, line: string): Promise<string> {
  const port = Number(new URL(url.replace("memcached:", "http:")).port);
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(`${line}\r\n`));
    socket.on("error", reject).on("data", (bytes) => {
      answer += bytes;
      if (!answer.endsWith("END\r\n")) return;
      socket.destroy();
      resolve(answer);
    });
  });
}

async function postgresSays(connectionString: string, question: string): Promise<number> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query({ text: question, rowMode: "array" });
    return Number(rows[0]?.[0]);
  } finally {
    await client.end();
  }
}

async function mariadbSays(uri: string, question: string): Promise<unknown> {
  const connection = await createConnection({ uri });
  try {
    const [rows] = await connection.query(question);
    return (rows as { n?: unknown }[])[0]?.n;
  } finally {
    await connection.end();
  }
}

/** What a directory and all below it take of the disk. */
async function blocksOf(path: string): Promise<number> {
  const { blocks } = await stat(path);
  const entries = await readdir(path, { recursive: true });
  const sizes = await Promise.all(entries.map(async (entry) => (await stat(join(path, entry))).blocks));
  return 512 * sizes.reduce((sum, size) => sum + size, blocks);
}
