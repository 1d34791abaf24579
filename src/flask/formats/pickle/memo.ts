import type { Notation } from "./notation.ts";
import type { Output } from "./output.ts";

/**
 * What was written once is named the second time. Python goes by identity. Here equal text is one: a dict's keys and the
 * constants of a program are so in Python, and what Python loads from what is written here is so again. The names in
 * Python's own modules, though, are other objects than an equal text of the application's.
 */
export class Memo {
  private readonly out: Output;
  private readonly notation: Notation;
  /** Indexes of the application's texts (by value) and objects. */
  private readonly values = new Map<unknown, number>();
  /** Indexes of Python's: globals, names, time zones. */
  private readonly own = new Map<string, number>();
  private count = 0;

  constructor(out: Output, notation: Notation) {
    this.out = out;
    this.notation = notation;
  }

  /** Writes a reference if `value` was written before. */
  recall(value: unknown): boolean {
    return this.get(this.values.get(value));
  }

  recallOwn(name: string): boolean {
    return this.get(this.own.get(name));
  }

  /** Numbers what was just begun. It must not be referred to before it is whole: see `remember`. */
  number(): number {
    this.notation.put(this.count);
    return this.count++;
  }

  remember(value: unknown, index: number = this.number()): void {
    this.values.set(value, index);
  }

  rememberOwn(name: string): void {
    this.own.set(name, this.number());
  }

  text(text: string): void {
    this.out.boundary();
    if (this.recall(text)) return;
    this.notation.text(text);
    this.remember(text);
  }

  /** Text that Python made while pickling: another object than an equal one, but for single characters, which it has once. */
  freshText(text: string): void {
    if (text.length === 1 && text <= "\xff") this.text(text);
    else this.copiedText(text);
  }

  /** Text that Python copied while pickling: another object, but for the empty one. */
  copiedText(text: string): void {
    if (text === "") {
      this.text(text);
      return;
    }
    this.out.boundary();
    this.notation.text(text);
    this.number();
  }

  ownText(text: string): void {
    this.out.boundary();
    if (this.recallOwn(text)) return;
    this.notation.text(text);
    this.rememberOwn(text);
  }

  private get(index: number | undefined): boolean {
    if (index === undefined) return false;
    this.notation.get(index);
    return true;
  }
}
