import { resolve } from "node:path";
import { pathOf } from "../../stores/lib/connect/local.ts";
import { decode, parseUrl, type StoreUrl } from "../../stores/lib/connect/url.ts";
import { SqliteFile } from "../../stores/lib/sql/sqlite-file.ts";
import { failed } from "../lib/exit.ts";
import { assertThere } from "../lib/local-path.ts";
import { openBackEnd } from "../ping/back-end.ts";
import { missingIn, type SqlPlace } from "../ping/sql-layout.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What stands before each key of Flask-Session's in the environment. */
const PREFIX = "FLASK_SESSION_";
const SQL = /^(postgres(ql)?|mysql|mariadb)(\+|$)/;

/** A store's URL as the keys that Flask has for it. Throws `TypeError` for one where Flask-Session keeps nothing. */
export function placeOf(url: string): Record<string, string> {
  const parts = parseUrl(url);
  const { scheme, query } = parts;
  const options = Object.fromEntries(
    [
      ["KEY_PREFIX", query.get("prefix")],
      ["SQLALCHEMY_TABLE", query.get("table")],
      ["SQLALCHEMY_SCHEMA", query.get("schema")],
      ["MONGODB_COLLECT", query.get("collection")],
    ].flatMap(([key, value]) => (value === null ? [] : [[PREFIX + key, String(value)]])),
  );
  const bare = url.replace(/\?.*$/s, "");
  const server = (type: string, key: string, at: string) => ({
    ...options,
    [`${PREFIX}TYPE`]: type,
    [PREFIX + key]: at,
  });
  if (/^rediss?(\+|$)/.test(scheme)) return server("redis", "REDIS", bare);
  if (scheme.startsWith("mongodb")) {
    const database = parts.path.slice(1);
    return { ...server("mongodb", "MONGODB", bare), ...(database !== "" && { [`${PREFIX}MONGODB_DB`]: database }) };
  }
  if (scheme === "memcached") return server("memcached", "MEMCACHED", bare);
  if (SQL.test(scheme)) return server("sqlalchemy", "SQLALCHEMY", bare);
  if (scheme === "file") return { ...options, [`${PREFIX}TYPE`]: "filesystem", [`${PREFIX}FILE_DIR`]: pathOf(parts) };
  if (scheme !== "sqlite") throw new TypeError(`--from: Flask-Session keeps no sessions in ${scheme}:`);
  return server("sqlalchemy", "SQLALCHEMY", `sqlite:///${encoded(fileOf(parts))}`);
}

/** Flask's stores make what they don't find: where nothing is, nothing shall be made by looking. */
export async function assertPlace(url: string, env: Environment): Promise<void> {
  const parts = parseUrl(url);
  const table = env[`${PREFIX}SQLALCHEMY_TABLE`] ?? "sessions";
  const schema = env[`${PREFIX}SQLALCHEMY_SCHEMA`];
  if (parts.scheme === "file") return assertThere(pathOf(parts));
  if (parts.scheme === "sqlite") {
    await assertThere(fileOf(parts));
    const driver = new SqliteFile(fileOf(parts));
    return assertTable({ driver, table, schema }).finally(() => driver.close());
  }
  if (!SQL.test(parts.scheme)) return;
  // SQLAlchemy names the driver, too: "postgresql+psycopg2".
  const { store, backEnd } = await openBackEnd(url.replace(/^(\w+)\+\w+/, "$1").replace(/\?.*$/s, ""));
  if (backEnd.kind === "sql")
    await assertTable({ driver: backEnd.driver, table, schema }).finally(() => store.close?.());
}

async function assertTable(place: SqlPlace): Promise<void> {
  if ((await missingIn(place)).isThere) return;
  throw failed(`there is no table ${place.table}; Flask-Session's may have another name (?table=…)`);
}

/** As `sqlite:file` and `sqlite:/file`, or as SQLAlchemy writes it: three slashes and a path. */
function fileOf(parts: StoreUrl): string {
  return resolve(parts.base.startsWith("sqlite://") ? decode(parts.path.slice(1)) : pathOf(parts));
}

function encoded(path: string): string {
  return encodeURI(path).replace(/[?#]/g, encodeURIComponent);
}
