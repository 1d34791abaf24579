import type { VisitKind } from "./operation.ts";

/** A part of the run: all processes at once, on so many sessions. */
export interface Phase {
  /** Lasting sessions are counted and written in, and never end; mortal ones are logged in, moved and ended. */
  kind: "lasting" | "mortal";
  /** How many there are at a time. */
  sessions: number;
  /** Its part of all operations. */
  share: number;
}

export const PHASES: readonly Phase[] = [
  { kind: "lasting", sessions: 1, share: 0.1 },
  { kind: "lasting", sessions: 8, share: 0.15 },
  { kind: "lasting", sessions: 1000, share: 0.25 },
  { kind: "mortal", sessions: 1, share: 0.1 },
  { kind: "mortal", sessions: 8, share: 0.15 },
  { kind: "mortal", sessions: 1000, share: 0.25 },
];

/** Operations. */
const ROUND = 50_000;

/**
 * The phases of a run. A long one goes through all of them again and again, each time with new sessions and users: of a user
 * who signs in a hundred thousand times, it would measure nothing but how long his list is.
 */
export function phasesOf(operations: number): readonly Phase[] {
  const rounds = Math.max(1, Math.round(operations / ROUND));
  const round = PHASES.map((phase) => ({ ...phase, share: phase.share / rounds }));
  return Array.from({ length: rounds }, () => round).flat();
}

/** How often a request on a lasting session does what, of a hundred. */
export const LASTING: Record<"count" | "set" | "look", number> = { count: 40, set: 40, look: 20 };

/** `past`: presents a token that was moved or ended before. `loginOther`: as another user. */
export type MortalKind = Exclude<VisitKind, "login"> | "loginSame" | "loginOther" | "past" | "revokeAll" | "list";

/** How often a request on a mortal session does what, of a hundred. */
export const MORTAL: Record<MortalKind, number> = {
  read: 24,
  past: 14,
  write: 18,
  update: 12,
  loginSame: 6,
  loginOther: 4,
  regenerate: 7,
  logout: 3,
  destroy: 2,
  revoke: 3,
  revokeAll: 2,
  list: 5,
};

/**
 * Users at a time: about four sessions for each, and few enough that several requests meet at one; but not so few that each
 * of them has hundreds of sessions that ended a moment ago, and the storm does little else than list them.
 */
export function subjectsOf({ sessions }: Phase): number {
  return Math.max(8, Math.ceil(sessions / 4));
}

/** The number of a session or a subject in the whole run, and its number in its phase. */
export function numberIn(phase: number, index: number): number {
  return phase * 10_000 + index;
}

export function phaseOf(number: number): number {
  return Math.floor(number / 10_000);
}

export function subjectName(subject: number): string {
  return `user-${subject}`;
}
