import { dirname, join } from "node:path";
import pg from "pg";
import { runAsUser } from "./lib/user.ts";
import { locate, type Service, serve } from "./service.ts";

const program = locate("postgres");

/** Whether this machine has PostgreSQL. With `CI=true` it must. */
export const hasPostgres: boolean = program !== undefined;

/** What is committed survives a kill of the server, but not one of the machine: `fsync` is off, for speed. */
const SETTINGS = ["fsync=off", "max_connections=300", "unix_socket_directories="];

/** With an empty database `dewar`, and a user `dewar` who may do everything. */
export async function startPostgres(): Promise<Service> {
  const url = (port: number) => `postgres://dewar@127.0.0.1:${port}/dewar`;
  return serve({
    name: "postgres",
    program,
    prepare: async ({ folder }) => {
      const data = join(folder, "data");
      const rights = ["--auth=trust", "--username=dewar"];
      const initdb = join(dirname(program ?? ""), "initdb");
      runAsUser(initdb, ["-D", data, ...rights, "--encoding=UTF8", "--locale=C", "--no-sync"], { cwd: folder });
      const input = "CREATE DATABASE dewar";
      runAsUser(program ?? "", ["--single", "-F", "-D", data, "postgres"], { cwd: folder, input });
    },
    args: ({ folder, port }) => {
      const settings = ["listen_addresses=127.0.0.1", `port=${port}`, ...SETTINGS];
      return ["-D", join(folder, "data"), ...settings.flatMap((setting) => ["-c", setting])];
    },
    isReady: ({ port }) => answers(url(port)),
    url,
    stopSignal: "SIGINT",
  });
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
