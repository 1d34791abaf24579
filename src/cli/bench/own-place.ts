import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import type { Send } from "../../stores/lib/redis-driver.ts";
import { SqliteFile } from "../../stores/lib/sql/sqlite-file.ts";
import { quoting } from "../../stores/lib/sql/statements.ts";
import { type Opened, openBackEnd } from "../ping/back-end.ts";

/** A store of our own beside the application's: another prefix, table, collection or directory on the same server. */
export interface OwnPlace extends Opened {
  /** How it is called: to remove it by hand, should that ever be needed. */
  name: string;
  /** Removes all that is in it, and closes it. */
  remove(): Promise<void>;
}

/** Opens it, and makes what it needs. */
export async function openOwnPlace(url: string): Promise<OwnPlace> {
  const name = `dewar_bench_${randomBytes(4).toString("hex")}`;
  const opened = await openBackEnd(renamed(url, name));
  const place = { ...opened, name, remove: () => remove(opened) };
  try {
    await opened.store.setup?.();
    return place;
  } catch (error) {
    await place.remove().catch(() => {});
    throw error;
  }
}

function renamed(url: string, name: string): string {
  const [base = "", query = ""] = url.split(/\?(.*)/s);
  const scheme = base.slice(0, base.indexOf(":")).toLowerCase();
  if (scheme === "memory") return url;
  if (scheme === "file") return `${base.replace(/\/+$/, "")}_${name}${query === "" ? "" : `?${query}`}`;
  const options = new URLSearchParams(query);
  const key = scheme.startsWith("mongodb") ? "collection" : /^(redis|memcached)/.test(scheme) ? "prefix" : "table";
  options.set(key, key === "prefix" ? `${name}:` : name);
  return `${base}?${options}`;
}

async function remove({ store, backEnd }: Opened): Promise<void> {
  try {
    switch (backEnd.kind) {
      case "redis":
        for (const send of await backEnd.driver.masters()) await removeKeys(send, backEnd.prefix);
        break;
      case "mongodb":
        await backEnd.client.db().collection(backEnd.collection).drop();
        break;
      case "sql": {
        const quote = quoting(backEnd.driver.dialect);
        const within = backEnd.schema === undefined ? "" : `${quote(backEnd.schema)}.`;
        await backEnd.driver.change(`DROP TABLE ${within}${quote(backEnd.table)}`, []);
        break;
      }
      default:
    }
  } finally {
    await store.close?.();
  }
  if (backEnd.kind === "file") await rm(backEnd.dir, { recursive: true, force: true });
  if (backEnd.kind === "sqlite" && backEnd.file !== ":memory:") await dropIn(backEnd.file, backEnd.table);
}

async function removeKeys(send: Send, prefix: string): Promise<void> {
  let cursor = "0";
  do {
    const [next, keys] = (await send(["scan", cursor, "match", `${prefix}*`, "count", "1000"])) as [Buffer, Buffer[]];
    // One by one: in a Cluster, they are of many slots.
    await Promise.all(keys.map((key) => send(["del", key])));
    cursor = next.toString();
  } while (cursor !== "0");
}

async function dropIn(file: string, table: string): Promise<void> {
  const database = new SqliteFile(file);
  try {
    await database.change(`DROP TABLE "${table}"`, []);
  } finally {
    await database.close();
  }
}
