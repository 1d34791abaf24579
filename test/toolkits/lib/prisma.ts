import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const cli = join(dirname(createRequire(import.meta.url).resolve("prisma/package.json")), "build/index.js");
const cache = fileURLToPath(new URL("../node_modules/.cache/prisma", import.meta.url));

/** What the tests need of a Prisma client, which has no models here. */
export interface GeneratedClient {
  $queryRawUnsafe(statement: string, ...values: unknown[]): PromiseLike<unknown>;
  $executeRawUnsafe(statement: string, ...values: unknown[]): PromiseLike<number>;
  $connect: unknown;
  $disconnect(): Promise<void>;
}

/**
 * Has Prisma generate its client for a database, as an application does when it is built, into a folder called `name`.
 * Resolves to the file.
 */
export async function generatePrisma(name: string, provider: string): Promise<string> {
  const folder = join(cache, name);
  const schema = join(folder, "schema.prisma");
  await mkdir(folder, { recursive: true });
  await writeFile(
    schema,
    `generator client {
      provider = "prisma-client"
      output = "./client"
    }
    datasource db {
      provider = "${provider}"
    }`,
  );
  await promisify(execFile)(process.execPath, [cli, "generate", "--schema", schema], {
    // Migrations would need an engine that Prisma downloads; generating doesn't, but it asks for one.
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: "1" },
  });
  return join(folder, "client/client.ts");
}

/** A client over `adapter`. */
export async function connectPrisma(provider: string, adapter: unknown): Promise<GeneratedClient> {
  const { PrismaClient } = await import(await generatePrisma(provider, provider));
  return new PrismaClient({ adapter });
}
