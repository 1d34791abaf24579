import { jsonCodec } from "../../codecs/json.ts";
import { randomToken } from "../../core/crypto.ts";
import { tombstone } from "../../core/tombstone.ts";
import type { Store } from "../../store.ts";
import { usage } from "../lib/exit.ts";
import type { Origin } from "./origin.ts";

/** Milliseconds: should we die before it is removed. */
const LIFE = 60_000;

/**
 * Refuses a target that is the very place of the origin, however the two are spelled: what was written would be read again as
 * another session, and with `--remove` removed. Found out by a session that is none, which nobody can mistake for one.
 */
export async function assertElsewhere(origin: Origin, target: Store): Promise<void> {
  const id = randomToken(32);
  const end = new Date(Date.now() + LIFE);
  await target.create(id, jsonCodec.encode({ ...tombstone(new Date()), rev: id }), { expiresAt: end, endsAt: end });
  try {
    if ((await origin.store.read(id)) === undefined) return;
  } finally {
    await target.delete(id);
  }
  throw usage(
    "--to: is the same place as --from; give it a prefix, table or directory of its own, such as ?prefix=shop:",
  );
}
