import { Buffer } from "node:buffer";

type Outcome = "ok" | "conflict" | "gone";

/**
 * Writes over `seen`; or, has its token changed, over what stands there with the payload `before`. For what was written without
 * being read has no token yet, and who writes the same payload again changes the token.
 */
export async function swapWhileSame<Item extends { payload: Uint8Array; cas: string }>(
  before: Uint8Array,
  seen: Item | undefined,
  swap: (item: Item) => Promise<Outcome>,
  get: () => Promise<Item | undefined>,
): Promise<Outcome> {
  for (let item = seen; ; ) {
    const outcome = item ? await swap(item) : "conflict";
    if (outcome !== "conflict") return outcome;
    const stored = await get();
    if (!stored) return "gone";
    if (Buffer.compare(stored.payload, before) !== 0) return "conflict";
    if (stored.cas === item?.cas) throw new Error("Memcached refuses the cas token that it has just given.");
    item = stored;
  }
}
