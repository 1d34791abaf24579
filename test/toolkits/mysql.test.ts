import { PrismaMariaDb } from "@prisma/adapter-mariadb";
import { drizzle } from "drizzle-orm/mysql2";
import knex from "knex";
import { CamelCasePlugin, Kysely, MysqlDialect } from "kysely";
import mysql from "mysql2";
import { DataSource } from "typeorm";
import { afterAll, beforeAll } from "vitest";
import { hasMariadb, startMariadb } from "../../scripts/services/mariadb.ts";
import type { Service } from "../../scripts/services/service.ts";
import { connectPrisma } from "./lib/prisma.ts";
import { testToolkit } from "./lib/toolkit.ts";

let server: Service;
beforeAll(async () => {
  if (hasMariadb) server = await startMariadb();
});
afterAll(() => server?.stop());

testToolkit("kysely", hasMariadb, async () => {
  const dialect = new MysqlDialect({ pool: mysql.createPool({ uri: server.url, connectionLimit: 4 }) });
  const kysely = new Kysely<object>({ dialect, plugins: [new CamelCasePlugin()] });
  return { client: { kysely }, end: () => kysely.destroy() };
});

testToolkit("knex", hasMariadb, async () => {
  const db = knex({ client: "mysql2", connection: server.url, pool: { max: 4 } });
  return { client: { knex: db }, end: () => db.destroy() };
});

testToolkit("drizzle", hasMariadb, async () => {
  const pool = mysql.createPool({ uri: server.url, connectionLimit: 4 });
  return { client: { drizzle: drizzle(pool) }, end: () => pool.promise().end() };
});

testToolkit("prisma", hasMariadb, async () => {
  const prisma = await connectPrisma(
    "mysql",
    new PrismaMariaDb(`${server.url.replace("mysql:", "mariadb:")}?connectionLimit=4`),
  );
  return { client: { prisma }, end: () => prisma.$disconnect() };
});

testToolkit("typeorm", hasMariadb, async () => {
  const typeorm = await new DataSource({ type: "mysql", url: server.url, poolSize: 4 }).initialize();
  return { client: { typeorm }, end: () => typeorm.destroy() };
});
