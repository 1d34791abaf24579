import type { SessionRecord } from "../codec.ts";
import { changedKeys, merge } from "./merge.ts";
import { clearIdentity, type State } from "./state.ts";
import type { Written } from "./writer.ts";

/**
 * What was written is the new base, and the data at hand are brought up to it: in place, since the application holds the
 * object, and with what it changed meanwhile on top. `before`: the record that the application's changes started from.
 */
export function catchUp(state: State, token: string, id: string, written: Written, before: SessionRecord): void {
  state.rebase(token, id, written.payload, written.record.permanent);
  // After the last commit nobody looks at the data again.
  if (state.sealed) return;
  const { codec } = state.settings;
  const { record } = state;
  const stored = codec.decode(written.payload) ?? written.record;
  if (stored.rev !== undefined) record.rev = stored.rev;
  // Logged out while it was being stored: what was stored is over, and comes back neither as data nor as a login.
  if (state.ended) return;

  const next = merge({ base: before, mine: record }, stored, codec).record;
  for (const key of changedKeys(record.data, next.data, codec)) {
    if (Object.hasOwn(next.data, key)) record.data[key] = next.data[key];
    else delete record.data[key];
  }
  const { subject, createdAt, authenticatedAt } = record;
  const login = state.move === "login" ? { subject, createdAt, authenticatedAt } : {};
  clearIdentity(record);
  delete record.flashes;
  const { data: _data, ...rest } = next;
  Object.assign(record, rest, login);
}
