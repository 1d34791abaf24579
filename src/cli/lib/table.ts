import type { styleText } from "node:util";
import fastStringWidth from "fast-string-width";
import { clean } from "../../inspect/clean.ts";

export type Style = Parameters<typeof styleText>[0];

export interface Column {
  title: string;
  align?: "right";
  /** On a terminal, longer cells are cut, and in the last column what leaves the terminal: never what has to be copied. */
  widest?: number;
}

/** What stands in a cell: text from anywhere, since it is cleaned here. */
export type Cell = string | { text: string; style: Style };

/** Rows that are looked at before the first is shown, for the widths of the columns. */
const LOOKED_AT = 100;

const NARROWEST = 8;
const GAP = "  ";

interface Screen {
  width: number;
  style(style: Style, text: string): string;
  write(text: string): Promise<void>;
}

/**
 * On a terminal columns under titles; in a pipe one line for each row, its cells separated by tabs, without titles, and at
 * once.
 */
export class Table {
  #columns: readonly Column[];
  readonly #screen: Screen;
  readonly #isPlain: boolean;
  #waiting: Cell[][] = [];
  #widths: number[] | undefined;

  constructor(columns: readonly Column[], screen: Screen, isPlain: boolean) {
    this.#columns = columns;
    this.#screen = screen;
    this.#isPlain = isPlain;
  }

  async row(...cells: Cell[]): Promise<void> {
    if (this.#isPlain) return this.#screen.write(`${cells.map((cell) => clean(textOf(cell))).join("\t")}\n`);
    if (this.#widths !== undefined) return this.#screen.write(this.#lineOf(cells, this.#widths));
    this.#waiting.push(cells);
    if (this.#waiting.length >= LOOKED_AT) await this.end();
  }

  /** Shows what still waits. */
  async end(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const rows = this.#waiting;
    this.#waiting = [];
    const widthOf = (column: Column, index: number) =>
      Math.max(column.title.length, ...rows.map((row) => fastStringWidth(shorten(row[index] ?? "", column))));
    const others = this.#columns.slice(0, -1).map(widthOf);
    const room = this.#screen.width - others.reduce((sum, width) => sum + width + GAP.length, 0);
    this.#columns = this.#columns.map((column, index) => (index < others.length ? column : within(column, room)));
    const widths = this.#columns.map(widthOf);
    this.#widths = widths;
    const titles = this.#columns.map(({ title }): Cell => ({ text: title, style: "bold" }));
    await this.#screen.write([titles, ...rows].map((row) => this.#lineOf(row, widths)).join(""));
  }

  #lineOf(cells: Cell[], widths: number[]): string {
    const parts = this.#columns.map((column, index) => {
      const cell = cells[index] ?? "";
      const text = shorten(cell, column);
      const space = " ".repeat(Math.max(0, (widths[index] ?? 0) - fastStringWidth(text)));
      const shown = typeof cell === "string" ? text : this.#screen.style(cell.style, text);
      if (column.align === "right") return space + shown;
      return index === this.#columns.length - 1 ? shown : shown + space;
    });
    return `${parts.join(GAP).trimEnd()}\n`;
  }
}

function textOf(cell: Cell): string {
  return typeof cell === "string" ? cell : cell.text;
}

function shorten(cell: Cell, { widest }: Column): string {
  const text = clean(textOf(cell));
  if (widest === undefined || fastStringWidth(text) <= widest) return text;
  let cut = "";
  for (const character of text) {
    if (fastStringWidth(cut + character) >= widest) break;
    cut += character;
  }
  return `${cut}…`;
}

function within(column: Column, room: number): Column {
  return column.widest === undefined
    ? column
    : { ...column, widest: Math.max(NARROWEST, Math.min(column.widest, room)) };
}
