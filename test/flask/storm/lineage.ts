import type { Content, Visit } from "./history.ts";

/** The tree of the versions of one session: who wrote each, and over which. */
export class Lineage {
  readonly #writers = new Map<string, Visit>();

  constructor(visits: readonly Visit[]) {
    for (const visit of visits) if (visit.written !== undefined) this.#writers.set(visit.written.serial, visit);
  }

  /** Those that led to it, the newest first, itself among them. */
  up(visit: Visit): Visit[] {
    const line: Visit[] = [];
    for (let at: Visit | undefined = visit; at !== undefined; at = this.#writer(at.written?.parent)) line.push(at);
    return line;
  }

  upFrom({ data }: Content): Visit[] {
    const writer = this.#writer(data["serial"]);
    return writer === undefined ? [] : this.up(writer);
  }

  /** Updates of ours over the same version: one of them didn't see the other. */
  forksOfOurs(): Visit[][] {
    const updates = [...this.#writers.values()].filter(isUpdate);
    return Object.values(Object.groupBy(updates, ({ written }) => String(written?.parent))).filter(
      (siblings): siblings is Visit[] => siblings !== undefined && siblings.length > 1,
    );
  }

  #writer(serial: unknown): Visit | undefined {
    return this.#writers.get(String(serial));
  }
}

/** One that was acknowledged. What begins a session follows nothing. */
export function isUpdate({ by, written, status }: Visit): boolean {
  return by === "ours" && status === 200 && written?.parent !== undefined;
}
