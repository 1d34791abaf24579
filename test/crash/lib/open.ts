import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Store } from "../../../src/store.ts";
import { fileStore } from "../../../src/stores/file.ts";
import { sqliteStore } from "../../../src/stores/sqlite.ts";

export const KINDS = ["file", "sqlite"] as const;
export type Kind = (typeof KINDS)[number];

/** The store of this kind in `folder`: the same for each who asks. */
export function openIn(folder: string, kind: Kind): Store {
  mkdirSync(folder, { recursive: true });
  return kind === "file" ? fileStore({ dir: join(folder, "sessions") }) : sqliteStore({ file: join(folder, "db") });
}
