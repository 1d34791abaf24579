import fastStringWidth from "fast-string-width";
import type { Output } from "../lib/output.ts";
import { count } from "../lib/words.ts";

export interface Bar {
  label: string;
  sessions: number;
}

/** Counts values into classes; the last class takes what is beyond all bounds. */
export class Histogram {
  readonly #bounds: readonly (readonly [below: number, label: string])[];
  readonly #counts: number[];
  readonly #beyond: string;

  constructor(bounds: readonly (readonly [below: number, label: string])[], beyond: string) {
    this.#bounds = bounds;
    this.#beyond = beyond;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  add(value: number): void {
    const found = this.#bounds.findIndex(([below]) => value < below);
    const index = found < 0 ? this.#bounds.length : found;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
  }

  get bars(): Bar[] {
    const labels = [...this.#bounds.map(([, label]) => label), this.#beyond];
    return labels.map((label, index) => ({ label, sessions: this.#counts[index] ?? 0 }));
  }
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const WIDEST_BAR = 50;

/** Bars across the terminal, exact to an eighth of a character. */
export async function draw(out: Output, bars: Bar[], total: number): Promise<void> {
  const labels = Math.max(...bars.map(({ label }) => fastStringWidth(label)));
  const numbers = Math.max(...bars.map(({ sessions }) => count(sessions).length));
  const room = Math.max(8, Math.min(WIDEST_BAR, out.width - labels - numbers - 14));
  const most = Math.max(1, ...bars.map(({ sessions }) => sessions));
  for (const { label, sessions } of bars) {
    const eighths = Math.round((sessions / most) * room * 8);
    const bar = "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
    const number = count(sessions).padStart(numbers);
    const share = total === 0 ? "" : `${((100 * sessions) / total).toFixed(0)} %`.padStart(5);
    const name = label + " ".repeat(labels - fastStringWidth(label));
    await out.line(`  ${name}  ${number} ${share}  ${bar && out.style("cyan", bar)}`.trimEnd());
  }
}
