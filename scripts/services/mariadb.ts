import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createConnection } from "mysql2/promise";
import { runAsUser } from "./lib/user.ts";
import { locate, type Service, serve } from "./service.ts";

const program = locate("mariadbd");

/** Whether this machine has MariaDB. With `CI=true` it must. */
export const hasMariadb: boolean = program !== undefined;

/** Run at each start. */
const RIGHTS = `
CREATE DATABASE IF NOT EXISTS dewar;
CREATE USER IF NOT EXISTS dewar@'%' IDENTIFIED BY 'dewar';
GRANT ALL ON *.* TO dewar@'%' WITH GRANT OPTION;
`;

/** How much it holds in memory, and writes before it has to tidy up: small, to start fast, or as in production. */
const SMALL = { pool: "128M", log: "32M" };
const LARGE = { pool: "2G", log: "512M" };

/**
 * With an empty database `dewar`, and a user `dewar`, password `dewar`, who may do everything. `large`: a million sessions fit
 * into its memory.
 */
export async function startMariadb({ large = false }: { large?: boolean } = {}): Promise<Service> {
  const size = large ? LARGE : SMALL;
  const url = (port: number) => `mysql://dewar:dewar@127.0.0.1:${port}/dewar`;
  return serve({
    name: "mariadb",
    program,
    prepare: async ({ folder, own }) => {
      const rights = join(folder, "rights.sql");
      await writeFile(rights, RIGHTS);
      await own(rights);
      runAsUser(installer(), [...settings(folder, size), "--skip-test-db"], { cwd: folder });
    },
    args: ({ folder, port }) => [
      ...settings(folder, size),
      `--port=${port}`,
      "--bind-address=127.0.0.1",
      `--socket=${folder}/socket`,
      `--pid-file=${folder}/pid`,
      `--init-file=${folder}/rights.sql`,
      "--max-connections=300",
      // What is committed survives a kill of the server, but not one of the machine: for speed.
      "--innodb-flush-log-at-trx-commit=2",
    ],
    isReady: ({ port }) => answers(url(port)),
    url,
  });
}

/** The log is small, or the first start would take seconds to write it. */
function settings(folder: string, { pool, log }: typeof SMALL): string[] {
  const memory = [`--innodb-buffer-pool-size=${pool}`, `--innodb-log-file-size=${log}`];
  // The kernel has few of these for the whole machine, and several servers at once may want more.
  const io = "--innodb-use-native-aio=0";
  // Each start removes all temporary tables that lie in this folder, other servers' too.
  const temporary = `--tmpdir=${folder}`;
  return ["--no-defaults", `--datadir=${folder}/data`, temporary, "--skip-name-resolve", io, ...memory];
}

/** Debian puts the server into `sbin`, and this beside it into `bin`. */
function installer(): string {
  const name = "mariadb-install-db";
  const beside = join(dirname(program ?? ""), name);
  return existsSync(beside) ? beside : name;
}

async function answers(uri: string): Promise<boolean> {
  try {
    const connection = await createConnection({ uri });
    connection.destroy();
    return true;
  } catch {
    return false;
  }
}
