import fastStringWidth from "fast-string-width";
import { count } from "../../inspect/words.ts";
import type { Output } from "../lib/output.ts";

export interface Bar {
  label: string;
  sessions: number;
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
