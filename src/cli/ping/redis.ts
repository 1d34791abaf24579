import { bytes, count, counted } from "../../inspect/words.ts";
import type { RedisDriver, Send } from "../../stores/lib/redis-driver.ts";
import { danger, type Examination, type Finding, ok, warning } from "./finding.ts";

const OLDEST = [6, 2];
/** Of `maxmemory`: with noeviction, writes fail at all of it. */
const NEARLY_FULL = 0.8;

type Info = ReadonlyMap<string, string>;

/** Looks at each master: its version, and what of its settings can lose sessions. */
export async function examineRedis(driver: RedisDriver): Promise<Examination> {
  const nodes = await driver.masters();
  const infos = await Promise.all(nodes.map(infoOf));
  const examined = await Promise.all(nodes.map((send, index) => examineNode(send, infos[index] ?? new Map())));
  const versions = new Set(infos.map((info) => info.get("redis_version") ?? "of an unknown version"));
  const findings = examined.length > 1 ? together(examined) : examined.flat();
  const topology = infos[0]?.get("cluster_enabled") === "1" ? ` Cluster, ${nodes.length} masters` : "";
  return { version: `Redis ${[...versions].join(", ")}${topology}`, findings };
}

/** What all nodes have in common once, and the rest by the number of its node. */
function together(examined: Finding[][]): Finding[] {
  const [first = [], ...others] = examined;
  const isCommon = ({ what, is }: Finding) =>
    others.every((found) => found.some((finding) => finding.what === what && finding.is === is));
  const common = first.filter(isCommon);
  const isOwn = ({ what }: Finding) => !common.some((finding) => finding.what === what);
  return [
    ...common.map((finding) => ({ ...finding, what: `${finding.what} (all)` })),
    ...examined.flatMap((found, index) =>
      found.filter(isOwn).map((finding) => ({ ...finding, what: `${finding.what} (${index + 1})` })),
    ),
  ];
}

async function examineNode(send: Send, info: Info): Promise<Finding[]> {
  return [
    ...version(info),
    ...memory(info),
    ...(await persistence(send, info)),
    ...replication(info),
    ...(info.get("cluster_enabled") === "1" ? await cluster(send) : []),
  ];
}

function version(info: Info): Finding[] {
  const text = info.get("redis_version") ?? "";
  const [major = 0, minor = 0] = text.split(".").map(Number);
  const isOld = major < (OLDEST[0] ?? 0) || (major === OLDEST[0] && minor < (OLDEST[1] ?? 0));
  if (text === "") return [warning("INFO", "not allowed", "Allow the command INFO, or look at its settings yourself.")];
  return isOld ? [danger("version", text, "Upgrade: dewar needs 6.2 or later.")] : [];
}

function memory(info: Info): Finding[] {
  const [limit, used] = [Number(info.get("maxmemory") ?? 0), Number(info.get("used_memory") ?? 0)];
  const policy = info.get("maxmemory_policy") ?? "unknown";
  const evicted = Number(info.get("evicted_keys") ?? 0);
  const findings: Finding[] = [];
  if (policy === "noeviction") findings.push(ok("maxmemory-policy", policy));
  else {
    const is = `${policy}${limit === 0 ? ", no limit yet" : ""}`;
    const advice =
      "Set maxmemory-policy noeviction: under any other, Redis drops sessions that live when memory is full.";
    findings.push(limit === 0 ? warning("maxmemory-policy", is, advice) : danger("maxmemory-policy", is, advice));
  }
  const room = `${bytes(used)} of ${bytes(limit)} used`;
  if (limit === 0) findings.push(ok("maxmemory", `no limit, ${bytes(used)} used`));
  else if (used > NEARLY_FULL * limit)
    findings.push(warning("maxmemory", room, "Raise it: when it is full, logins fail."));
  else findings.push(ok("maxmemory", room));
  if (evicted > 0) {
    const advice = "Sessions may be among them. Set maxmemory-policy noeviction, and more memory.";
    findings.push(danger("evicted_keys", `${count(evicted)} since its start`, advice));
  }
  return findings;
}

async function persistence(send: Send, info: Info): Promise<Finding[]> {
  const findings: Finding[] = [];
  const broken = [
    ["rdb_last_bgsave_status", "the last snapshot"],
    ["aof_last_write_status", "the last write to the append-only file"],
  ] as const;
  for (const [field, what] of broken) {
    const status = info.get(field) ?? "ok";
    if (status !== "ok") findings.push(danger(what, status, "Look into Redis' log: is the disk full?"));
  }
  if (info.get("aof_enabled") === "1") {
    const sync = (await setting(send, "appendfsync")) ?? "unknown";
    const is = `append-only file, appendfsync ${sync}`;
    const lax = warning(
      "persistence",
      is,
      "Set appendfsync everysec: a crash of the machine loses half a minute else.",
    );
    return [...findings, sync === "no" ? lax : ok("persistence", is)];
  }
  const save = await setting(send, "save");
  if (save === undefined) {
    const advice = "CONFIG GET isn't allowed. Ask who runs it what survives a restart.";
    return [...findings, warning("persistence", "no append-only file; snapshots unknown", advice)];
  }
  if (save === "") {
    const advice = "Set appendonly yes: else a restart of Redis signs everybody out.";
    return [...findings, danger("persistence", "none", advice)];
  }
  const advice = "Set appendonly yes: a crash loses what was written since the last snapshot, logouts among it.";
  return [...findings, warning("persistence", `snapshots (save ${save})`, advice)];
}

function replication(info: Info): Finding[] {
  if (info.get("role") === "slave") {
    return [danger("role", "replica", "Give the URL of the master: a replica takes no writes, and reads are late.")];
  }
  const replicas = Number(info.get("connected_slaves") ?? 0);
  return [
    ok(
      "role",
      replicas === 0
        ? "master, no replicas"
        : `master, ${counted(replicas, "replica")} (a failover can undo the last writes)`,
    ),
  ];
}

async function cluster(send: Send): Promise<Finding[]> {
  const state = parse(await ask(send, "CLUSTER", "INFO")).get("cluster_state");
  if (state === "ok") return [];
  return [danger("cluster_state", state ?? "unknown", "A part of the keys has no master: look into the cluster.")];
}

async function infoOf(send: Send): Promise<Info> {
  // One without rights to INFO still answers pings.
  return parse(await ask(send, "INFO").catch(() => ""));
}

async function setting(send: Send, name: string): Promise<string | undefined> {
  try {
    const answer = await answerTo(send, ["CONFIG", "GET", name]);
    if (Array.isArray(answer)) return answer.length > 1 ? String(answer[1]) : undefined;
    if (answer instanceof Map) return String([...answer.values()][0]);
    return answer === null ? undefined : String((answer as Record<string, unknown>)[name]);
  } catch {
    // Services for rent don't let anybody ask.
    return undefined;
  }
}

async function ask(send: Send, ...command: string[]): Promise<string> {
  return String(await answerTo(send, command));
}

function answerTo(send: Send, command: string[]): Promise<unknown> {
  return send(command as Parameters<Send>[0]);
}

/** Lines of `name:value`. */
function parse(text: string): Info {
  const pairs = text.split("\r\n").map((line) => line.split(/:(.*)/s, 2) as [string, string]);
  return new Map(pairs.filter(([, value]) => value !== undefined));
}
