import { fileURLToPath } from "node:url";
import type { Store } from "../../../store.ts";
import { fileStore } from "../../file.ts";
import { memoryStore } from "../../memory.ts";
import { sqliteStore } from "../../sqlite.ts";
import { given, QueryOptions } from "./query.ts";
import { decode, type StoreUrl } from "./url.ts";

/** `memory:` */
export async function connectMemory(url: StoreUrl): Promise<Store> {
  const options = new QueryOptions(url);
  const settings = given({ maxSessions: options.integer("maxSessions") });
  options.end();
  if (url.authority !== "" || url.path !== "") throw new TypeError("url: memory: takes nothing but options");
  return memoryStore(settings);
}

/** `file:/dir` */
export async function connectFile(url: StoreUrl): Promise<Store> {
  const options = new QueryOptions(url);
  const settings = given({ threshold: options.integer("threshold"), mode: options.octal("mode") });
  options.end();
  return ready(fileStore({ dir: pathOf(url), ...settings }));
}

/** `sqlite:file.db` */
export async function connectSqlite(url: StoreUrl): Promise<Store> {
  const options = new QueryOptions(url);
  const settings = given({ table: options.text("table") });
  options.end();
  return ready(sqliteStore({ file: pathOf(url), ...settings }));
}

/** Makes directory or table now: what can't work fails here, not in the first request. */
async function ready(store: Store): Promise<Store> {
  try {
    await store.setup?.();
    return store;
  } catch (error) {
    await store.close?.();
    throw error;
  }
}

/** `file:///dir` and `file:/dir` are absolute, `file:dir` is relative to the working directory. */
export function pathOf({ scheme, authority, path }: StoreUrl): string {
  if (authority !== "" || path === "") {
    throw new TypeError(`url: ${scheme}: takes a path, as ${scheme}:name or ${scheme}:/folder/name`);
  }
  return path.startsWith("/") ? fileURLToPath(`file://${path}`) : decode(path);
}
