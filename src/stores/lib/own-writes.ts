import { createHash } from "node:crypto";

interface Write {
  /** How many are under way. */
  running: number;
  /** Two that overlap may have come to pass in either order. */
  overlapped: boolean;
  /** The digest of what it left, where that is sure. */
  left: string | undefined;
  /** By the monotonic clock: from then on nothing in a cache can be older than it. */
  until: number;
}

/**
 * What this process itself has written lately. A cache may still hold what was there before, put there by anyone's slow read;
 * so about a session written here it is believed only if it says what was written.
 */
export class OwnWrites {
  /** In order of their last end or beginning, the oldest first. */
  readonly #writes = new Map<string, Write>();
  readonly #span: number;
  readonly #limit: number;
  #distrustedUntil = 0;

  /** Remembers each for `span` milliseconds; more than `limit` at a time, and no cache is believed for that long. */
  constructor(span: number, limit: number) {
    this.#span = span;
    this.#limit = limit;
  }

  begin(id: string): void {
    const write = this.#touch(id);
    write.running++;
    write.overlapped ||= write.running > 1;
  }

  /** `payload` is what the session is now, if that is sure. */
  end(id: string, payload: Uint8Array | undefined): void {
    const write = this.#touch(id);
    write.left = payload && !write.overlapped ? digest(payload) : undefined;
    write.running = Math.max(0, write.running - 1);
    write.overlapped &&= write.running > 0;
  }

  /** Whether a cache that holds `payload` can be believed. */
  allow(id: string, payload: Uint8Array): boolean {
    const now = performance.now();
    if (now < this.#distrustedUntil) return false;
    const write = this.#writes.get(id);
    if (!write || write.until <= now) return true;
    return write.left !== undefined && write.left === digest(payload);
  }

  #touch(id: string): Write {
    const now = performance.now();
    const known = this.#writes.get(id);
    this.#writes.delete(id);
    this.#forget(now);
    const write = known ?? { running: 0, overlapped: false, left: undefined, until: 0 };
    write.until = now + this.#span;
    this.#writes.set(id, write);
    return write;
  }

  #forget(now: number): void {
    if (this.#writes.size >= this.#limit) {
      this.#distrustedUntil = now + this.#span;
      this.#writes.clear();
    }
    for (const [id, { until, running }] of this.#writes) {
      if (until > now || running > 0) return;
      this.#writes.delete(id);
    }
  }
}

function digest(payload: Uint8Array): string {
  return createHash("sha256").update(payload).digest("base64");
}
