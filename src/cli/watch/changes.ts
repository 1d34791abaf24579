import type { SessionInfo } from "../../core/manager.ts";

export type Change = "made" | "used" | "ended";

/** Milliseconds: where a store tells how long a session has left, its end seems as much later as the answer took. */
const JITTER = 1000;

/** What is remembered of a session between two looks. */
interface Known {
  user: string | undefined;
  usedAt: number;
  look: number;
}

/** Tells what happened between two looks at all sessions. Remembers them all, at some hundred bytes each. */
export class Changes {
  readonly #known = new Map<string, Known>();
  #look = 0;

  get size(): number {
    return this.#known.size;
  }

  /** Starts a new look. */
  begin(): void {
    this.#look++;
  }

  /** What happened to this session since the last look; at the first look nothing has. */
  see({ id, subject: user, lastUsedAt }: SessionInfo): "made" | "used" | undefined {
    const usedAt = lastUsedAt?.getTime() ?? 0;
    const before = this.#known.get(id);
    const isUse = before !== undefined && usedAt > before.usedAt + JITTER;
    this.#known.set(id, { user, usedAt: isUse ? usedAt : (before?.usedAt ?? usedAt), look: this.#look });
    if (before === undefined) return this.#look === 1 ? undefined : "made";
    return isUse ? "used" : undefined;
  }

  /** Closes a look that saw everything: what it didn't see has ended. */
  finish(): { id: string; user: string | undefined }[] {
    const ended = [...this.#known].filter(([, { look }]) => look !== this.#look);
    for (const [id] of ended) this.#known.delete(id);
    return ended.map(([id, { user }]) => ({ id, user }));
  }
}
