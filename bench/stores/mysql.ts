import { createRequire } from "node:module";
import { sqlStore } from "dewar/stores/sql";
import mysql from "mysql2";
import { startMariadb } from "../../scripts/services/mariadb.ts";
import { countCalls, verbOf } from "../calls.ts";
import type { Opened, PeerSessions, Place } from "./store.ts";

const require = createRequire(import.meta.url);

export { hasMariadb as isAvailable } from "../../scripts/services/mariadb.ts";

// Every statement of the process counts, by the word that it begins with.
const { Connection } = mysql as unknown as { Connection: { prototype: object } };
countCalls(Connection.prototype, ["query", "execute"], (_method, _self, [statement]) => verbOf(statement));

export const start = (): ReturnType<typeof startMariadb> => startMariadb({ large: true });

const connect = ({ url }: Place): mysql.Pool => mysql.createPool(url);

export async function dewar(place: Place): Promise<Opened> {
  const pool = connect(place);
  const store = sqlStore({ mysql2: pool });
  await store.setup?.();
  const close = async (): Promise<void> => {
    await store.close?.();
    await pool.promise().end();
  };
  return { store, close };
}

export async function peer(place: Place, sessions: PeerSessions): Promise<object> {
  const MysqlStore = require("express-mysql-session")(sessions) as new (
    options: object,
    pool: mysql.Pool,
  ) => { onReady(): Promise<void> };
  const store = new MysqlStore({ schema: { tableName: "peer" } }, connect(place));
  await store.onReady();
  return store;
}
