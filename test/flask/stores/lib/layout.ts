import type { Store, WriteMeta } from "../../../../src/index.ts";
import type { StoreSuite } from "../../../../src/testing/index.ts";

const LONGEST = 255;

/** What the suite is told of a table of Flask-Session's, with `session:` before each id. */
export const TABLE: Pick<StoreSuite, "subjects" | "holdsId" | "sessions"> = {
  subjects: false,
  holdsId: (id) => "session:".length + id.length <= LONGEST && !id.includes("\0"),
  sessions: 1000,
};

/** msgpack, as Flask-Session 0.8 writes `{"_permanent": True, "a": 1}`. */
export const OF_FLASK: Uint8Array = Buffer.from("82aa5f7065726d616e656e74c3a16101", "hex");

export const END: Date = new Date("2099-12-25T04:52:40.331Z");
export const UNTIL_END: WriteMeta = { expiresAt: END, endsAt: END, subject: "ann" };

export async function listed(store: Store, filter: { subject?: string } = {}): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of store.list?.(filter) ?? []) ids.push(id);
  return ids;
}
