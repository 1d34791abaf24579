import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import Database from "better-sqlite3";
import { drizzle } from "drizzle-orm/better-sqlite3";
import knex from "knex";
import { CamelCasePlugin, Kysely, SqliteDialect } from "kysely";
import { DataSource } from "typeorm";
import { connectPrisma } from "./lib/prisma.ts";
import { testToolkit } from "./lib/toolkit.ts";

testToolkit("better-sqlite3", true, async () => {
  const sqlite = new Database(":memory:");
  return { client: { sqlite }, end: async () => sqlite.close() };
});

testToolkit("kysely", true, async () => {
  const dialect = new SqliteDialect({ database: new Database(":memory:") });
  const kysely = new Kysely<object>({ dialect, plugins: [new CamelCasePlugin()] });
  return { client: { kysely }, end: () => kysely.destroy() };
});

testToolkit("knex", true, async () => {
  const db = knex({ client: "better-sqlite3", connection: ":memory:", useNullAsDefault: true });
  return { client: { knex: db }, end: () => db.destroy() };
});

testToolkit("drizzle", true, async () => {
  const database = new Database(":memory:");
  return { client: { drizzle: drizzle(database) }, end: async () => database.close() };
});

testToolkit("prisma", true, async () => {
  const prisma = await connectPrisma("sqlite", new PrismaBetterSqlite3({ url: ":memory:" }));
  return { client: { prisma }, end: () => prisma.$disconnect() };
});

testToolkit("typeorm", true, async () => {
  const typeorm = await new DataSource({ type: "better-sqlite3", database: ":memory:" }).initialize();
  return { client: { typeorm }, end: () => typeorm.destroy() };
});
