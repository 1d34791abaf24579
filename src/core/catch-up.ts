import type { SessionRecord } from "../codec.ts";
import { changedKeys, merge } from "./merge.ts";
import { clearIdentity, type State } from "./state.ts";
import type { Written } from "./writer.ts";

/**
 * Brings the data at hand up to what was written: in place, since the application holds the object, and with what it
 * changed meanwhile on top. `before`: the record that the application's changes started from.
 */
export function catchUp(state: State, written: Written, before: SessionRecord): void {
  // After the last commit nobody looks at the data again.
  if (state.sealed) return;
  const { codec } = state.settings;
  const { record } = state;
  const stored = codec.decode(written.payload) ?? written.record;
  if (stored.rev !== undefined) record.rev = stored.rev;
  // Logged out, or somebody else logged in, while it was being stored: what was stored is over for this request.
  if (state.ended || state.dropped) return;

  const next = merge({ base: before, mine: record }, stored, codec).record;
  replaceData(record.data, next.data, new Set(changedKeys(record.data, next.data, codec)));
  const { subject, createdAt, authenticatedAt } = record;
  const login = state.move === "login" ? { subject, createdAt, authenticatedAt } : {};
  clearIdentity(record);
  delete record.flashes;
  const { data: _data, ...rest } = next;
  Object.assign(record, rest, login);
}

/** Applies to the data at hand what changed from one record to the other. */
export function bringIn(state: State, from: SessionRecord, to: SessionRecord): void {
  const { record, settings } = state;
  const next = merge({ base: from, mine: to }, record, settings.codec).record.data;
  replaceData(record.data, next, new Set(changedKeys(record.data, next, settings.codec)));
}

/** A record of its own, as a store would give it back. */
export function copyOf({ record, settings, stored }: State): SessionRecord {
  return settings.codec.decode(settings.codec.encode(record, stored?.payload)) ?? record;
}

/** In the order of what is stored, so that the same data are the same bytes; the application's own values stay its own. */
function replaceData(data: Record<string, unknown>, next: Record<string, unknown>, changed: Set<string>): void {
  const before = { ...data };
  for (const key of Object.keys(data)) delete data[key];
  for (const key of Object.keys(next)) data[key] = changed.has(key) ? next[key] : before[key];
}
