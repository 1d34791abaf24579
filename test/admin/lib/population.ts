import { randomBytes } from "node:crypto";
import { jsonCodec } from "../../../src/codecs/json.ts";
import { fingerprint } from "../../../src/core/crypto.ts";
import type { SessionRecord, Store } from "../../../src/index.ts";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const IDLE = 7 * DAY;

const USERS = ["ada", "grace", "linus", "margaret", "dennis", "barbara", "edsger", "frances", "tony", "katherine"];

/** Browsers, and where from. */
const DEVICES: [userAgent: string, network: string][] = [
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", "203.0.113.0/24"],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "198.51.100.0/24",
  ],
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "2001:db8:1::/48",
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
    "192.0.2.0/24",
  ],
  [
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    "198.51.100.0/24",
  ],
];

/** One session to put into a store, as it would be after some time of use. */
export interface Inhabitant {
  subject?: string;
  data?: Record<string, unknown>;
  /** Milliseconds. */
  age?: number;
  unusedFor?: number;
  device?: NonNullable<SessionRecord["device"]>;
}

/** Puts a session into a store; resolves to its id. */
export async function settle(
  store: Store,
  { subject, data = {}, age = 0, unusedFor = 0, device }: Inhabitant,
): Promise<string> {
  const now = Date.now();
  const createdAt = new Date(now - age);
  const record: SessionRecord = { data, permanent: true, createdAt, rev: randomBytes(6).toString("base64url") };
  if (subject !== undefined) Object.assign(record, { subject, authenticatedAt: new Date(now - age / 2) });
  if (device !== undefined) record.device = device;
  const id = fingerprint(randomBytes(32).toString("base64url"));
  const [expiresAt, endsAt] = [new Date(now - unusedFor + IDLE), new Date(now + 14 * DAY)];
  await store.create(id, jsonCodec.encode(record), {
    expiresAt,
    endsAt,
    ...(subject !== undefined && { subject }),
  });
  return id;
}

/** Fills a store with a shop's visitors: the same ones each time, but for their ids. */
export async function populate(store: Store, count: number): Promise<void> {
  const random = seeded(7);
  for (let batch = 0; batch < count; batch += 200) {
    const size = Math.min(200, count - batch);
    await Promise.all(Array.from({ length: size }, () => settle(store, visitor(random))));
  }
}

function visitor(random: () => number): Inhabitant {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const age = random() ** 2 * 13 * DAY + MINUTE;
  const unusedFor = Math.min(age, random() ** 2 * 40 * HOUR);
  const [first, last] = random() < 0.85 ? [pick(DEVICES)].flatMap((one) => [one, one]) : [pick(DEVICES), pick(DEVICES)];
  const use = ([userAgent, address]: [string, string] = ["", ""]) => ({ userAgent, address });
  const items = Math.floor(random() ** 4 * 120);
  const data: Record<string, unknown> = { csrf_token: "d2hhdCBhIG5pY2UgdG9rZW4", theme: pick(["light", "dark"]) };
  if (items > 0)
    data["cart"] = Array.from({ length: items }, () => ({ sku: pick(["kettle", "flask", "mug"]), count: 1 }));
  const subject = random() < 0.6 ? pick(USERS) + (random() < 0.7 ? Math.floor(random() * 90) : "") : undefined;
  return {
    ...(subject !== undefined && { subject }),
    data,
    age,
    unusedFor,
    device: { first: use(first), last: use(last) },
  };
}

/** The same numbers each time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
