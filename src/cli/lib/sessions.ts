import type { DeviceUse } from "../../codec.ts";
import { isPublicId } from "../../core/ids.ts";
import type { SessionInfo } from "../../core/manager.ts";
import { deviceWords } from "../../inspect/device-words.ts";
import { refused } from "./exit.ts";
import type { Source } from "./source.ts";

/** Clocks of two machines differ a little. */
const TOLERANCE = 60_000;

/** Refuses what can't be the id of a session. */
export function checkId(id: string): string {
  if (isPublicId(id)) return id;
  throw refused(`${id}: no such session; an id has 43 characters, as "dewar list" shows it`);
}

/**
 * When a session was last used. The store tells when it ends; so the time is as true as `--idle-timeout`, and is left out
 * where it shows that the application has another one.
 */
export function lastUseOf(info: SessionInfo, source: Source, now: number = Date.now()): Date | undefined {
  const { lastUsedAt, createdAt } = info;
  if (lastUsedAt === undefined || source.idleTimeout === undefined) return lastUsedAt;
  const time = lastUsedAt.getTime();
  const isPossible = time <= now + TOLERANCE && time >= (createdAt?.getTime() ?? 0) - TOLERANCE;
  return isPossible ? lastUsedAt : undefined;
}

/** When it ends: by not being used, where that is known, or for good. */
export function endOf(info: SessionInfo, source: Source): Date | undefined {
  const { idleTimeout } = source;
  const ends = info.expiresAt === undefined ? [] : [info.expiresAt.getTime()];
  if (idleTimeout !== undefined && info.lastUsedAt !== undefined) ends.push(info.lastUsedAt.getTime() + idleTimeout);
  return ends.length === 0 ? undefined : new Date(Math.min(...ends));
}

/** A session for `--json`; without its data. */
export function toItem(info: SessionInfo, source: Source): Record<string, unknown> {
  const { id, cursor, subject = null, createdAt, authenticatedAt, permanent, size, device } = info;
  return {
    id,
    user: subject,
    createdAt,
    authenticatedAt,
    lastUsedAt: lastUseOf(info, source),
    endsAt: endOf(info, source),
    permanent,
    size,
    device,
    cursor,
  };
}

/** Who used it, in words: `Firefox 133 on Windows, 203.0.113.0/24`; empty where nothing is known. */
export function useWords({ userAgent, address }: DeviceUse = {}): string {
  return [userAgent && deviceWords(userAgent), address].filter(Boolean).join(", ");
}
