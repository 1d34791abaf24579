import { textIn } from "../../stores/lib/sql/columns.ts";
import type { SqlDriver, SqlValue } from "../../stores/lib/sql/driver.ts";
import { danger, type Examination, type Finding, ok, warning } from "./finding.ts";
import { missingIn, noIndex, noTable, type SqlPlace } from "./sql-layout.ts";

/** Looks at the server's settings, and at the table. */
export async function examineSql(place: SqlPlace): Promise<Examination> {
  const { driver } = place;
  const found = driver.dialect === "mysql" ? await examineMysql(place) : await examinePostgres(place);
  return { version: found.version, findings: [...(await examineTable(place)), ...found.findings] };
}

export async function examineTable(place: SqlPlace): Promise<Finding[]> {
  const { isThere, indexes } = await missingIn(place);
  if (!isThere) return [danger(`table ${place.table}`, "missing", noTable(place))];
  const missing = indexes.map((column) => warning(`index on ${column}`, "missing", noIndex(column)));
  return [ok(`table ${place.table}`, "there"), ...(missing.length > 0 ? missing : [ok("indexes", "there")])];
}

async function examinePostgres({ driver, table, schema }: SqlPlace): Promise<Examination> {
  const version = await shown(driver, "server_version");
  const findings: Finding[] = [];
  const fsync = await shown(driver, "fsync");
  const advice = "Set fsync = on: a crash of the machine can destroy the database.";
  findings.push(fsync === "off" ? danger("fsync", fsync, advice) : ok("fsync", fsync));
  const commit = await shown(driver, "synchronous_commit");
  const lost = "Set synchronous_commit = on: else a crash undoes the last writes, a logout among them.";
  findings.push(commit === "off" ? warning("synchronous_commit", commit, lost) : ok("synchronous_commit", commit));
  if ((await shown(driver, "full_page_writes")) === "off") {
    findings.push(warning("full_page_writes", "off", "Set it on, unless the file system never tears a page."));
  }
  const [recovery] = await driver.rows("SELECT CAST(pg_is_in_recovery() AS TEXT) AS recovery", []);
  const readOnly = (await shown(driver, "transaction_read_only")) === "on";
  const standby = textIn(recovery?.["recovery"]) === "true";
  findings.push(
    standby || readOnly
      ? danger("read-only", standby ? "a standby" : "yes", "Give the URL of the primary, and a role that may write.")
      : ok("read-only", "no"),
  );
  const name = schema === undefined ? `"${table}"` : `"${schema}"."${table}"`;
  const [kept] = await driver.rows("SELECT relpersistence AS kept FROM pg_class WHERE oid = to_regclass($1)", [name]);
  if (kept !== undefined && textIn(kept["kept"]) === "u") {
    const logged = `ALTER TABLE ${name} SET LOGGED: after a crash PostgreSQL empties it.`;
    findings.push(danger(`table ${table}`, "unlogged", logged));
  }
  return { version: `PostgreSQL ${version}`, findings };
}

async function examineMysql({ driver, table, schema }: SqlPlace): Promise<Examination> {
  const version = await variable(driver, "version");
  const flush = await variable(driver, "innodb_flush_log_at_trx_commit");
  const readOnly = await variable(driver, "read_only");
  const lost =
    "Set innodb_flush_log_at_trx_commit = 1: else a crash of the machine undoes the last second, logouts among it.";
  const findings = [
    flush === "1"
      ? ok("innodb_flush_log_at_trx_commit", flush)
      : warning("innodb_flush_log_at_trx_commit", flush, lost),
    /^(0|OFF)$/i.test(readOnly)
      ? ok("read_only", "no")
      : danger("read_only", readOnly, "Give the URL of the primary: a replica takes no writes."),
  ];
  const values: SqlValue[] = schema === undefined ? [table] : [table, schema];
  const [found] = await driver.rows(
    `SELECT engine AS kept FROM information_schema.tables
     WHERE table_name = ? AND table_schema = ${schema === undefined ? "DATABASE()" : "?"}`,
    values,
  );
  const engine = found?.["kept"];
  if (engine !== undefined && engine !== null && textIn(engine).toLowerCase() !== "innodb") {
    const advice = `ALTER TABLE ${table} ENGINE = InnoDB: others lose writes in a crash, and lock the whole table.`;
    findings.push(danger(`table ${table}`, textIn(engine), advice));
  }
  return { version: `${/mariadb/i.test(version) ? "MariaDB" : "MySQL"} ${version}`, findings };
}

async function shown(driver: SqlDriver, setting: string): Promise<string> {
  const [row] = await driver.rows("SELECT COALESCE(current_setting($1, true), 'unknown') AS value", [setting]);
  return textIn(row?.["value"]);
}

/** The name is one of ours, never one that somebody gave. */
async function variable(driver: SqlDriver, name: string): Promise<string> {
  const [row] = await driver.rows(`SELECT CAST(@@GLOBAL.${name} AS CHAR) AS value`, []);
  return textIn(row?.["value"]);
}
