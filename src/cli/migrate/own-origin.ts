import { jsonCodec } from "../../codecs/json.ts";
import { interpret } from "../../core/tombstone.ts";
import type { Store } from "../../store.ts";
import { isOwnId, type Lifetimes, listing, type Origin } from "./origin.ts";

/** Records are judged here without their application's lifetime: by the store's expiry alone. */
const FOR_EVER = 8.64e15 / 2;

/**
 * Sessions of dewar's own layout: the bytes are copied as they are. `tellsUsers`: whether the store's listing says whose a
 * session is; else that is read from the session, so it must be in dewar's own format.
 */
export function ownOrigin(name: string, store: Store, { lifetime, idle }: Lifetimes, tellsUsers: boolean): Origin {
  return {
    name,
    store,
    list: listing(store, "--from: this store can't list its sessions, so they can't be copied (Memcached never tells)"),
    convert({ id, payload, subject, expiresAt }, now) {
      if (!isOwnId(id)) return { reason: "an id that isn't dewar's: of another prefix, or Flask's (--from-flask)" };
      const end = expiresAt ?? new Date(now.getTime() + idle);
      if (end <= now) return "ended";
      const reading = interpret(payload, jsonCodec, FOR_EVER, now);
      if (reading.state === "retired" || reading.state === "expired") return "ended";
      if (reading.state === "live" && reading.record.createdAt === undefined) {
        return { reason: "without the time when they were made: not dewar's, but Flask's perhaps (--from-flask)" };
      }
      const whose = subject ?? (reading.state === "live" ? reading.record.subject : undefined);
      if (whose === undefined && reading.state === "undecodable" && !tellsUsers) {
        return { reason: "in another format (codec): whose they are can't be told, so they couldn't be signed out" };
      }
      const endsAt = new Date(Math.max(end.getTime(), now.getTime() + lifetime + idle));
      return { id, payload, meta: { expiresAt: end, endsAt, ...(whose !== undefined && { subject: whose }) } };
    },
  };
}
