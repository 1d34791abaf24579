import { assertOption } from "../options.ts";
import type { SqlDialect, SqlDriver } from "./driver.ts";
import { type Drizzle, drizzleDriver } from "./drizzle.ts";
import { type Knex, knexDriver } from "./knex.ts";
import { type Kysely, kyselyDriver } from "./kysely.ts";
import { type Mysql2, mysql2Driver } from "./mysql2.ts";
import { assertDialect, isDialect } from "./names.ts";
import { type Pg, pgDriver } from "./pg.ts";
import { type Prisma, prismaDriver } from "./prisma.ts";
import { type Sqlite, sqliteDriver } from "./sqlite.ts";
import { type TypeOrm, typeormDriver } from "./typeorm.ts";

/** The clients that `sqlStore` takes, each under the name of what it is. */
export interface SqlClients {
  /** A `Pool` or a `Client` of `pg`. */
  pg: Pg;
  /** A pool or a connection of `mysql2` or `mysql2/promise`. */
  mysql2: Mysql2;
  /** A `DatabaseSync` of `node:sqlite`, or a `Database` of `better-sqlite3`. */
  sqlite: Sqlite;
  /** A `Kysely`. */
  kysely: Kysely;
  /** What `knex(config)` returns. */
  knex: Knex;
  /** What `drizzle(…)` returns. */
  drizzle: Drizzle;
  /** A `PrismaClient`. */
  prisma: Prisma;
  /** A `DataSource` of TypeORM that has been initialised. */
  typeorm: TypeOrm;
  /** Anything else, adapted by you. */
  driver: SqlDriver;
}

/** Exactly one client. */
export type OneSqlClient = {
  [Name in keyof SqlClients]: Pick<SqlClients, Name> & { [Other in Exclude<keyof SqlClients, Name>]?: never };
}[keyof SqlClients];

type Adapt<Client> = (client: Client, dialect: SqlDialect | undefined) => SqlDriver;

const adapters: { [Name in keyof SqlClients]: Adapt<SqlClients[Name]> } = {
  pg: pgDriver,
  mysql2: mysql2Driver,
  sqlite: sqliteDriver,
  kysely: kyselyDriver,
  knex: knexDriver,
  drizzle: drizzleDriver,
  prisma: prismaDriver,
  typeorm: typeormDriver,
  driver: checkedDriver,
};
const NAMES = Object.keys(adapters) as (keyof SqlClients)[];

/** Adapts the one client among these options. Throws `TypeError`, naming the option, if it is none, or not the only one. */
export function sqlDriver(options: OneSqlClient, dialect: SqlDialect | undefined): SqlDriver {
  const [name, another] = NAMES.filter((each) => options[each] !== undefined);
  assertOption(name !== undefined && another === undefined, NAMES.join(", "), "exactly one of them");
  if (dialect !== undefined) assertDialect(dialect);
  const adapt = adapters[name] as Adapt<unknown>;
  const driver = adapt(options[name], dialect);
  assertOption(dialect === undefined || dialect === driver.dialect, "dialect", `that of ${name}, "${driver.dialect}"`);
  return driver;
}

function checkedDriver(driver: SqlDriver): SqlDriver {
  const { dialect, rows, change } = driver ?? {};
  const isDriver = isDialect(dialect) && typeof rows === "function" && typeof change === "function";
  assertOption(isDriver, "driver", "an object with `dialect`, `rows` and `change`: a SqlDriver");
  return driver;
}
