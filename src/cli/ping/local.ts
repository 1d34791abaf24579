import { dirname } from "node:path";
import { textIn } from "../../stores/lib/sql/columns.ts";
import { SqliteFile } from "../../stores/lib/sql/sqlite-file.ts";
import { rightsAt, roomAt } from "./disk.ts";
import { type Examination, ok, warning } from "./finding.ts";
import { examineTable } from "./sql.ts";

/** Looks at an SQLite file: its table, its journal, who can read it, and the room beside it. */
export async function examineSqlite(file: string, table: string): Promise<Examination> {
  const driver = new SqliteFile(file);
  try {
    const [row] = await driver.rows("SELECT sqlite_version() AS version", []);
    const [mode] = await driver.rows("PRAGMA journal_mode", []);
    const journal = textIn(mode?.["journal_mode"]);
    const advice = "Is it on a network file system? SQLite can't keep its write-ahead log there, nor its locks.";
    const isFine = journal === "wal" || file === ":memory:";
    const findings = [
      ...(await examineTable({ driver, table, schema: undefined })),
      isFine ? ok("journal_mode", journal) : warning("journal_mode", journal, advice),
    ];
    if (file === ":memory:") findings.push(warning("file", "none: in memory", "Sessions end with the process."));
    else findings.push(...(await rightsAt(file, "the file")), ...(await roomAt(dirname(file), false)));
    return { version: `SQLite ${textIn(row?.["version"])}`, findings };
  } finally {
    await driver.close();
  }
}

/** Looks at a directory of sessions. */
export async function examineFiles(dir: string): Promise<Examination> {
  const findings = [...(await rightsAt(dir, "the directory")), ...(await roomAt(dir, true))];
  return { version: "files", findings };
}
