import { createRequire } from "node:module";
import { sqlStore } from "dewar/stores/sql";
import pg from "pg";
import { countCalls, verbOf } from "../calls.ts";
import type { Opened, PeerSessions, Place } from "./store.ts";

const require = createRequire(import.meta.url);

export { hasPostgres as isAvailable, startPostgres as start } from "../../scripts/services/postgres.ts";

// Every query of the process counts, by the word that it begins with.
countCalls(pg.Client.prototype, ["query"], (_method, _self, [statement]) => verbOf(statement));

function connect({ url }: Place): pg.Pool {
  const pool = new pg.Pool({ connectionString: url });
  // A connection of a pool that has ended may outlive it, and then its server: no query is lost.
  pool.on("error", () => {});
  return pool;
}

export async function dewar(place: Place): Promise<Opened> {
  const pool = connect(place);
  const store = sqlStore({ pg: pool });
  await store.setup?.();
  const close = async (): Promise<void> => {
    await store.close?.();
    await pool.end();
  };
  return { store, close };
}

export async function peer(place: Place, sessions: PeerSessions): Promise<object> {
  const PgStore = require("connect-pg-simple")(sessions) as new (options: object) => object;
  return new PgStore({ pool: connect(place), createTableIfMissing: true });
}

export async function settle({ url }: Place): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("VACUUM ANALYZE");
  await client.query("CHECKPOINT");
  await client.end();
}
