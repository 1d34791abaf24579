import { join } from "node:path";
import { StatementSync } from "node:sqlite";
import { sqliteStore } from "dewar/stores/sqlite";
import { countCalls, verbOf } from "../calls.ts";
import type { Opened, Place } from "./store.ts";

// Every statement of the process counts, by the word that it begins with.
countCalls(StatementSync.prototype, ["all", "get", "run"], (_method, self) =>
  verbOf((self as StatementSync).sourceSQL),
);

export async function dewar({ folder }: Place): Promise<Opened> {
  const store = sqliteStore({ file: join(folder, "sessions.sqlite") });
  await store.setup?.();
  return { store, close: async () => store.close?.() };
}
