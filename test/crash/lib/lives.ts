import type { WriteMeta } from "../../../src/store.ts";

/** Sessions that all writers change. */
export const COUNTERS: readonly string[] = ["counter a", "counter b", "counter c"];

/** What a writer does to each session of its own, one step after the other. */
export type Step = "create" | "replace" | "delete";

const LIVES: readonly (readonly Step[])[] = [
  ["create", "replace"],
  ["create", "delete"],
  ["create", "replace", "delete"],
];

export function bytesOf(id: string, step: Step): Uint8Array {
  return new TextEncoder().encode(`${step} ${id}.`.repeat(40));
}

/** What can be read of a session. */
export function textOf(found: { payload: Uint8Array } | undefined): string | undefined {
  return found && new TextDecoder().decode(found.payload);
}

/** The steps of the session of this number. */
export function stepsOf(number: number): readonly Step[] {
  return LIVES[number % LIVES.length] ?? [];
}

export function lasting(subject?: string): WriteMeta {
  const expiresAt = new Date(Date.now() + 3_600_000);
  return { expiresAt, endsAt: expiresAt, ...(subject === undefined ? {} : { subject }) };
}

export function brief(): WriteMeta {
  const expiresAt = new Date(Date.now() + 5);
  return { expiresAt, endsAt: expiresAt };
}
