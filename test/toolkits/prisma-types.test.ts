import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { generatePrisma } from "./lib/prisma.ts";

const USAGE = `
import { sqlStore } from "../../../../../../src/stores/sql.ts";
import type { PrismaClient } from "./client/client.ts";

export const use = (prisma: PrismaClient) => [
  sqlStore({ prisma }),
  prisma.$transaction(async (transaction) => {
    // @ts-expect-error: sessions don't belong into a transaction
    sqlStore({ prisma: transaction });
  }),
];
`;

// The other toolkits' types are checked with the tests: Prisma's are there only when they have been generated.
it("the types of a generated Prisma client fit", async () => {
  const client = await generatePrisma("types", "postgresql");
  const file = join(dirname(client), "../usage.ts");
  await writeFile(file, USAGE);
  const tsc = fileURLToPath(new URL("../../node_modules/.bin/tsc", import.meta.url));
  const flags = ["--noEmit", "--strict", "--skipLibCheck", "--allowImportingTsExtensions", "--types", "node"];
  const modules = ["--module", "nodenext", "--target", "es2023", "--ignoreConfig"];
  await expect(promisify(execFile)(tsc, [...flags, ...modules, file])).resolves.toMatchObject({ stdout: "" });
});
