import type { Violation } from "./check.ts";
import type { Operation, SetKey } from "./operation.ts";

const rule = "no acknowledged key is lost";

interface Key {
  /** What it may hold now. */
  possible: Set<number>;
  found: boolean;
}

/** Holds keys with one writer each to: the last acknowledged value is there, or a later one whose outcome is unknown. */
export class Keys {
  readonly #keys = new Map<string, Key>();
  readonly #violations: Violation[] = [];

  /** In the order of their writer, which does one after the other. */
  add({ kind, session, key, seen, value, outcome }: Operation & SetKey): void {
    const name = `key ${key} of session ${session}`;
    const state = this.#keys.get(name) ?? { possible: new Set([0]), found: false };
    const { possible } = state;
    this.#keys.set(name, state);
    state.found ||= kind === "found";
    if (outcome === "ended") this.#violations.push({ rule, what: `${name} was gone, though nobody ended its session` });
    // Negative: it failed before it saw anything.
    if (seen >= 0 && !possible.has(seen)) {
      this.#violations.push({ rule, what: `${name} holds ${seen}, and not ${[...possible].join(" or ")}` });
    }
    if (kind === "found" || outcome === "ended") return;
    if (outcome === "done") possible.clear();
    possible.add(value);
  }

  violations(): Violation[] {
    for (const [name, { possible, found }] of this.#keys) {
      if (!found && !possible.has(0)) this.#violations.push({ rule, what: `${name} is missing at the end` });
    }
    return this.#violations;
  }
}
