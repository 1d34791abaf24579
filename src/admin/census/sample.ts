import { storeOf } from "../../core/engine.ts";
import type { SessionInfo, SessionManager } from "../../index.ts";
import { readBounded } from "../lib/bounded.ts";
import { type Estimate, errorOf, estimateShare, estimateTotal, estimateUsers } from "./estimate.ts";

/** How much is read for one picture of the store, whatever it holds: so many sessions, and for so many milliseconds. */
const MOST_SESSIONS = 1000;
const LONGEST_MS = 5000;
/** Whose users are asked how many sessions they have, in so many milliseconds; more sessions than this count as this. */
const MOST_USERS = 100;
const LONGEST_USERS_MS = 800;
const MOST_OF_USER = 20;

/** What the charts show of a session. */
export type Sampled = Pick<SessionInfo, "createdAt" | "lastUsedAt" | "size">;

type Whose = Pick<SessionInfo, "id" | "subject">;

/** A picture of the store. */
export interface Sample {
  takenAt: Date;
  sampled: readonly Sampled[];
  /** Whether that is all there is. */
  isAll: boolean;
  /** Undefined: more than what was sampled, nobody knows how many. */
  sessions: Estimate | undefined;
  signedIn: Estimate | undefined;
  users: Estimate | undefined;
}

/**
 * Looks at the first sessions that the store lists. Ids are digests: so the first by id stand for all as if drawn at random,
 * and being the same ones each time, they show a change for what it is.
 */
export async function takeSample(manager: SessionManager): Promise<Sample> {
  const takenAt = new Date();
  const first = withoutData(manager.list({ limit: MOST_SESSIONS, order: "any" }));
  const { items, isAll } = await readBounded(first, MOST_SESSIONS, LONGEST_MS);
  const subjects = items.flatMap(({ subject }) => (subject === undefined ? [] : [subject]));
  const picture = { takenAt, sampled: items, isAll };
  if (isAll) {
    const [sessions, signedIn, users] = [items.length, subjects.length, new Set(subjects).size].map(counted);
    return { ...picture, sessions, signedIn, users };
  }
  const sessions = estimateTotal(items.map(({ id }) => id)) ?? (await estimateOf(manager));
  const signedIn = sessions && estimateShare(sessions, subjects.length, items.length);
  const users =
    signedIn?.value === 0
      ? counted(0)
      : signedIn && estimateUsers(signedIn, await sessionsOfSome(manager, subjects), MOST_OF_USER);
  return { ...picture, sessions, signedIn, users };
}

/** What the store itself makes of it. */
async function estimateOf(manager: SessionManager): Promise<Estimate | undefined> {
  const estimate = await storeOf(manager)?.estimate?.();
  return estimate && { value: estimate.count, error: errorOf(estimate.sampled) };
}

/** Of each session no more than is counted: a thousand of them may be large. */
async function* withoutData(sessions: AsyncIterable<SessionInfo>): AsyncGenerator<Sampled & Whose> {
  for await (const { id, subject, createdAt, lastUsedAt, size } of sessions) {
    const times = { ...(createdAt && { createdAt }), ...(lastUsedAt && { lastUsedAt }) };
    yield { id, size, ...times, ...(subject !== undefined && { subject }) };
  }
}

function counted(value: number): Estimate {
  return { value, error: 0 };
}

/** How many sessions the users of some of the sampled sessions have. */
async function sessionsOfSome(manager: SessionManager, subjects: readonly string[]): Promise<number[]> {
  const end = performance.now() + LONGEST_USERS_MS;
  const sessions: number[] = [];
  for (const subject of spread(subjects, MOST_USERS)) {
    const { items } = await readBounded(
      manager.list({ subject, limit: MOST_OF_USER }),
      MOST_OF_USER,
      end - performance.now(),
    );
    // A store without an index by user looks into every session: it is asked no more.
    if (performance.now() >= end) break;
    // Signed out since.
    sessions.push(Math.max(items.length, 1));
  }
  return sessions;
}

/** So many of them, evenly spread. */
function spread<T>(items: readonly T[], most: number): T[] {
  const step = Math.max(items.length / most, 1);
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}
