/** What this process last learned of when each session ends: it tells whether a read may be due to renew one. */
export class ExpiryMemo {
  readonly #size: number;
  #recent = new Map<string, number>();
  #older = new Map<string, number>();

  /** Remembers the last `size` ids at least, and twice as many at most. */
  constructor(size: number) {
    this.#size = size;
  }

  /** Whether `id` is known to last until `time` at least. */
  lastsUntil(id: string, time: number): boolean {
    return (this.#recent.get(id) ?? this.#older.get(id) ?? 0) >= time;
  }

  note(id: string, end: number): void {
    this.#recent.set(id, end);
    if (this.#recent.size < this.#size) return;
    this.#older = this.#recent;
    this.#recent = new Map();
  }

  forget(id: string): void {
    this.#recent.delete(id);
    this.#older.delete(id);
  }
}
