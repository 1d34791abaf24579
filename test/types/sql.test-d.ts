import { DatabaseSync } from "node:sqlite";
import mysql from "mysql2";
import promises from "mysql2/promise";
import pg from "pg";
import type { Store } from "../../src/index.ts";
import { sqlStore } from "../../src/stores/sql.ts";

declare const uri: string;
const sqlite = new DatabaseSync(":memory:");
const pool = new pg.Pool({ connectionString: uri });

const stores: Store[] = [
  sqlStore({ pg: pool }),
  sqlStore({ pg: new pg.Client(uri), dialect: "postgres", schema: "app" }),
  sqlStore({ pg: await pool.connect() }),
  sqlStore({ mysql2: mysql.createPool({ uri }) }),
  sqlStore({ mysql2: mysql.createConnection(uri) }),
  sqlStore({ mysql2: promises.createPool(uri), table: "sessions_of_shop", createTable: true }),
  sqlStore({ mysql2: await promises.createConnection(uri), pruneEvery: "1h" }),
  sqlStore({ sqlite, pruneEvery: false }),
];

// @ts-expect-error: no client
sqlStore({ table: "sessions" });
// @ts-expect-error: two clients
sqlStore({ sqlite, pg: pool });
// @ts-expect-error: a client under the name of another
sqlStore({ mysql2: pool });
// @ts-expect-error: a connection string
sqlStore({ pg: uri });
// @ts-expect-error: a dialect that there isn't
sqlStore({ sqlite, dialect: "oracle" });

export type { stores };
