import type { Outcome } from "./operation.ts";
import { LASTING, numberIn } from "./phases.ts";
import type { Slot } from "./slot.ts";
import { dataOf, type Visitor } from "./visitor.ts";

/** Requests on sessions that nobody ends: counters by `update`, and keys with one writer each by merge. */
export class Lasting {
  readonly #tokens: readonly string[];
  readonly #phase: number;
  readonly #visitor: Visitor;

  constructor(tokens: readonly string[], phase: number, visitor: Visitor) {
    this.#tokens = tokens;
    this.#phase = phase;
    this.#visitor = visitor;
  }

  async request(slot: Slot): Promise<void> {
    const index = slot.random.below(this.#tokens.length);
    await this[slot.random.pick(LASTING)](slot, this.#tokens[index] ?? "", numberIn(this.#phase, index));
  }

  async count(slot: Slot, token: string, session: number): Promise<void> {
    const start = slot.now();
    let value = 0;
    let runs = 0;
    const { outcome, live } = await this.#visitor.visit(token, (opened) => {
      if (opened.isNew) return;
      return opened.update((data) => {
        runs++;
        value = ((data as Record<string, number>)["count"] ?? 0) + 1;
        (data as Record<string, number>)["count"] = value;
      });
    });
    this.#visitor.retries += Math.max(0, runs - 1);
    slot.record({ kind: "count", session, value, start, end: slot.now(), outcome: asLasting(outcome, live) });
  }

  async set(slot: Slot, token: string, session: number): Promise<void> {
    const start = slot.now();
    const value = ++slot.serial;
    let seen = -1;
    const { outcome, live } = await this.#visitor.visit(token, (opened) => {
      if (opened.isNew) return;
      const data = dataOf(opened);
      seen = data[slot.key] ?? 0;
      data[slot.key] = value;
    });
    const about = { session, key: slot.number, seen, value };
    slot.record({ kind: "set", ...about, start, end: slot.now(), outcome: asLasting(outcome, live) });
  }

  async look(slot: Slot, token: string, session: number): Promise<void> {
    const start = slot.now();
    let value = 0;
    const { outcome, live } = await this.#visitor.visit(token, (opened) => {
      value = dataOf(opened)["count"] ?? 0;
    });
    if (outcome === "unknown") return;
    slot.record({ kind: "look", session, value, start, end: slot.now(), outcome: asLasting(outcome, live) });
  }
}

/** A lasting session that isn't there was ended by the store. */
function asLasting(outcome: Outcome, live: boolean | undefined): Outcome {
  return live === false ? "ended" : outcome;
}
