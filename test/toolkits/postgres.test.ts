import { PrismaPg } from "@prisma/adapter-pg";
import { drizzle } from "drizzle-orm/node-postgres";
import knex from "knex";
import { CamelCasePlugin, Kysely, PostgresDialect } from "kysely";
import { DataSource } from "typeorm";
import { afterAll, beforeAll } from "vitest";
import { hasPostgres, startPostgres } from "../../scripts/services/postgres.ts";
import type { Service } from "../../scripts/services/service.ts";
import { newPgPool } from "../stores/lib/pg-pool.ts";
import { connectPrisma } from "./lib/prisma.ts";
import { testToolkit } from "./lib/toolkit.ts";

let server: Service;
beforeAll(async () => {
  if (!hasPostgres) return;
  server = await startPostgres();
  const pool = newPgPool({ connectionString: server.url });
  // Statements that meet fail more often so: each toolkit is to show that they are tried again.
  await pool.query("ALTER DATABASE dewar SET default_transaction_isolation TO 'repeatable read'");
  await pool.end();
});
afterAll(() => server?.stop());

testToolkit("kysely", hasPostgres, async () => {
  const dialect = new PostgresDialect({ pool: newPgPool({ connectionString: server.url, max: 4 }) });
  const kysely = new Kysely<object>({ dialect, plugins: [new CamelCasePlugin()] });
  return { client: { kysely }, end: () => kysely.destroy() };
});

testToolkit("knex", hasPostgres, async () => {
  const db = knex({ client: "pg", connection: server.url, pool: { max: 4 } });
  return { client: { knex: db }, end: () => db.destroy() };
});

testToolkit("drizzle", hasPostgres, async () => {
  const pool = newPgPool({ connectionString: server.url, max: 4 });
  return { client: { drizzle: drizzle(pool) }, end: () => pool.end() };
});

testToolkit("prisma", hasPostgres, async () => {
  const prisma = await connectPrisma("postgresql", new PrismaPg({ connectionString: server.url, max: 4 }));
  return { client: { prisma }, end: () => prisma.$disconnect() };
});

testToolkit("typeorm", hasPostgres, async () => {
  const typeorm = await new DataSource({ type: "postgres", url: server.url, poolSize: 4 }).initialize();
  return { client: { typeorm }, end: () => typeorm.destroy() };
});
