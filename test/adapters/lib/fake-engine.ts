import type { Committer } from "../../../src/adapters/lib/party.ts";
import { isPromise } from "../../../src/adapters/lib/promise.ts";
import { type Engine, type Phase, toEngine } from "../../../src/core/engine.ts";
import type { Handle } from "../../../src/core/handle.ts";
import type { Header } from "../../../src/core/manager.ts";
import type { SessionEvent } from "../../../src/index.ts";

type Outcome = Header[] | Promise<Header[]>;

export const COOKIE: Header[] = [
  ["Set-Cookie", "session=token"],
  ["Cache-Control", "no-store"],
  ["Vary", "Cookie"],
];

/** An engine whose commits end as and when the test says. Phases without an outcome have nothing to do. */
export class FakeEngine implements Committer {
  readonly phases: Phase[] = [];
  readonly events: SessionEvent[] = [];
  readonly #outcomes: Partial<Record<Phase, () => Outcome>>;

  constructor(outcomes: Partial<Record<Phase, () => Outcome>> = {}) {
    this.#outcomes = outcomes;
  }

  finish(_handle: Handle, phase: Phase): Outcome {
    this.phases.push(phase);
    return this.#outcomes[phase]?.() ?? [];
  }

  run<T>(_session: unknown, fn: () => T): T {
    return fn();
  }

  emit(event: SessionEvent): void {
    this.events.push(event);
  }
}

/** The handle of a request without a cookie. */
export function anyHandle(engine: Engine = toEngine({ secret: "a secret of at least 32 characters" })): Handle {
  const handle = engine.begin(undefined);
  if (isPromise(handle)) throw new Error("a request without a cookie needs no store");
  return handle;
}
