import type { Client } from "memjs";
import { bytes, count } from "../../inspect/words.ts";
import { within } from "../../stores/lib/within.ts";
import { danger, type Examination, type Finding, ok, warning } from "./finding.ts";

type Stats = Readonly<Record<string, string>>;

const PATIENCE = 3000;
const MEGABYTE = 1024 ** 2;

/** Looks at each server. */
export async function examineMemcached(client: Client): Promise<Examination> {
  const [general, settings] = [await statsOf(client, ""), await statsOf(client, "settings")];
  const several = general.size > 1;
  const findings = [...general].flatMap(([server, stats]) =>
    examineServer(stats, settings.get(server) ?? {}).map((finding) =>
      several ? { ...finding, what: `${finding.what} (${server})` } : finding,
    ),
  );
  const versions = new Set([...general.values()].map((stats) => stats["version"] ?? "of an unknown version"));
  const restart = "All sessions go with a restart, and none can be listed: keep them in Redis or SQL if that matters.";
  return {
    version: `Memcached ${[...versions].join(", ")}`,
    findings: [warning("persistence", "none: a cache", restart), ...findings],
  };
}

function examineServer(stats: Stats, settings: Stats): Finding[] {
  const [limit, used] = [Number(stats["limit_maxbytes"]), Number(stats["bytes"])];
  const evictions = Number(stats["evictions"]);
  const itemSize = Number(settings["item_size_max"] ?? MEGABYTE);
  const room = `${bytes(used)} of ${bytes(limit)} used`;
  const more = "Give it more (-m): it drops sessions that live when its memory is full.";
  return [
    evictions > 0
      ? danger("evictions", `${count(evictions)} since its start`, more)
      : ok("evictions", "none since its start"),
    used > 0.8 * limit ? warning("memory", room, more) : ok("memory", room),
    itemSize < 64 * 1024
      ? warning("item size (-I)", bytes(itemSize), "Larger sessions are refused: raise it, or set maxBytes below it.")
      : ok("item size (-I)", bytes(itemSize)),
    ...(settings["evictions"] === "off"
      ? [warning("evictions (-M)", "off", "When its memory is full, logins fail: watch it.")]
      : []),
  ];
}

/** By server. The callback is called for each. */
function statsOf(client: Client, topic: string): Promise<Map<string, Stats>> {
  const found = new Map<string, Stats>();
  const asked = new Promise<Map<string, Stats>>((resolve, reject) => {
    client.statsWithKey(topic, (error: Error | null, server: string, stats: Record<string, string> | null) => {
      if (error) return reject(error);
      found.set(server, stats ?? {});
      if (found.size === client.servers.length) resolve(found);
    });
  });
  return within(PATIENCE, asked, () => new Error("Memcached doesn't answer a question for its statistics."));
}
