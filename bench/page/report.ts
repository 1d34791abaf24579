import type { StoreName } from "../plan.ts";
import type { Table } from "../tables.ts";
import { type View, views } from "./measure.ts";

/** What a run found: milliseconds. */
export interface PageReport {
  sessions: number;
  milliseconds: Record<View, number>;
}

/** A row for each store. */
export function tableOf(reports: ReadonlyMap<StoreName, PageReport>): Table {
  return [
    ["milliseconds", "sessions", ...views],
    ...[...reports].map(([store, { sessions, milliseconds }]) => [
      store,
      sessions.toLocaleString("en"),
      ...views.map((view) => milliseconds[view].toFixed(1)),
    ]),
  ];
}
