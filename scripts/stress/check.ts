import { Counters } from "./check-counters.ts";
import { Keys } from "./check-keys.ts";
import { Tokens } from "./check-tokens.ts";
import type { Operation } from "./operation.ts";

/** What a history must hold, in the words of the table of guarantees. */
export const RULES = [
  "no acknowledged update is lost",
  "no acknowledged key is lost",
  "what ended stays ended",
  "the old token is dead",
  "a list is exact",
  "revokeAll leaves none",
] as const;

export type Rule = (typeof RULES)[number];

export interface Violation {
  rule: Rule;
  what: string;
}

/**
 * Finds what a history breaks. Pure: it knows what requests did and saw, and when, and nothing of stores.
 *
 * A request counts from before its first call to after its last one. So what was acknowledged before another request
 * began must be seen by it; two that overlap may come in either order; and what is unknown may have happened, then or
 * later, or not.
 */
export function check(history: Iterable<Operation>): Violation[] {
  const [counters, keys, tokens] = [new Counters(), new Keys(), new Tokens()];
  for (const operation of history) {
    switch (operation.kind) {
      case "count":
      case "look":
        counters.add(operation);
        break;
      case "set":
      case "found":
        keys.add(operation);
        break;
      default:
        tokens.add(operation);
    }
  }
  return [...counters.violations(), ...keys.violations(), ...tokens.violations()];
}
