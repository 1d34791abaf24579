/** A process with a file store: raises counters, and tells how often that was acknowledged; or takes a lock and keeps it. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileStore } from "../../../src/stores/file.ts";

const [task, dir = "", rounds, ...ids] = process.argv.slice(2);

async function raise(): Promise<void> {
  const store = fileStore({ dir });
  const acknowledged = ids.map(() => 0);
  for (let round = 0; round < Number(rounds); round++) {
    await Promise.all(
      ids.map(async (id, index) => {
        const found = await store.read(id);
        const payload = new TextEncoder().encode(String(Number(new TextDecoder().decode(found?.payload)) + 1));
        const later = new Date(Date.now() + 3_600_000);
        const outcome = await store.replace(id, payload, found?.version, { expiresAt: later, endsAt: later });
        if (outcome === "ok") acknowledged[index] = (acknowledged[index] ?? 0) + 1;
      }),
    );
  }
  await store.close?.();
  process.stdout.write(JSON.stringify(acknowledged));
}

function keepLocks(): void {
  const locks = join(dir, "dewar.__wz_cache", "locks");
  for (const name of readdirSync(locks)) new DatabaseSync(join(locks, name)).exec("BEGIN IMMEDIATE");
  process.stdout.write("locked");
  setInterval(() => {}, 60_000);
}

if (task === "raise") await raise();
else keepLocks();
