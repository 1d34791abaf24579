/** One process of the storm: raises shared counters by read and replace, and tells how often that was acknowledged. */
import { createClient } from "redis";
import { redisStore } from "../../src/stores/redis.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";

const [kind, place = "", rounds, ...ids] = process.argv.slice(2);
const client = kind === "redis" ? await createClient({ url: place }).connect() : undefined;
const store = client ? redisStore({ client }) : sqliteStore({ file: place });

/** Resolves to whether it was acknowledged; not, if the counter is gone. */
async function raise(id: string): Promise<boolean> {
  for (;;) {
    const found = await store.read(id);
    if (!found) return false;
    const payload = new TextEncoder().encode(String(Number(new TextDecoder().decode(found.payload)) + 1));
    const later = new Date(Date.now() + 3_600_000);
    const outcome = await store.replace(id, payload, found.version, { expiresAt: later, endsAt: later });
    if (outcome !== "conflict") return outcome === "ok";
  }
}

process.stdout.write("started\n");
const acknowledged: Record<string, number> = {};
for (let round = 0; round < Number(rounds); round++) {
  for (const id of ids) if (await raise(id)) acknowledged[id] = (acknowledged[id] ?? 0) + 1;
}
process.stdout.write(`${JSON.stringify(acknowledged)}\n`);
await store.close?.();
client?.destroy();
