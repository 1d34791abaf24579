import type { BackEnd } from "./back-end.ts";
import { type Examination, warning } from "./finding.ts";
import { examineFiles, examineSqlite } from "./local.ts";
import { examineMemcached } from "./memcached.ts";
import { examineMongodb } from "./mongodb.ts";
import { examineRedis } from "./redis.ts";
import { examineSql } from "./sql.ts";

/** Asks what is behind a store how it is set, and what of that can lose sessions. Changes nothing. */
export async function examine(backEnd: BackEnd): Promise<Examination> {
  switch (backEnd.kind) {
    case "memory":
      return { version: "memory", findings: [warning("persistence", "none", "Sessions end with the process.")] };
    case "file":
      return examineFiles(backEnd.dir);
    case "sqlite":
      return examineSqlite(backEnd.file, backEnd.table);
    case "redis":
      return examineRedis(backEnd.driver);
    case "memcached":
      return examineMemcached(backEnd.client);
    case "mongodb":
      return examineMongodb(backEnd.client, backEnd.collection);
    case "sql":
      return examineSql(backEnd);
  }
}
