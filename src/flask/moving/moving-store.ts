import type { Codec } from "../../codec.ts";
import { fingerprint } from "../../core/crypto.ts";
import type { TokenWire } from "../../core/wire.ts";
import type { Renewal, Store, StoredSession } from "../../store.ts";
import { forwarding } from "../../stores/lib/forwarding.ts";
import type { Origin, Source } from "./source.ts";
import { toOwn } from "./to-own.ts";

/** Sessions of Flask's that requests under way may ask for. */
const MOST_EXPECTED = 10_000;

/** What a manager needs to take sessions over from Flask. */
export interface Moving {
  wire: TokenWire;
  store: Store;
}

/**
 * Our own store, into which a session of Flask's is taken over when its cookie first comes: found in neither, it is read where
 * Flask kept it, written as one of ours under the hash of its token, and removed there. As soon as it is looked at, it moves
 * on to a token of our own.
 */
export function moving(
  own: Moving,
  source: Source,
  codec: Codec,
  lifetimes: { idle: number; absolute: number },
): Moving {
  /** By the ids that our store will be asked for: it never sees a token. */
  const expected = new Map<string, Origin>();

  const expect = (id: string, origin: Origin) => {
    if (expected.size >= MOST_EXPECTED) expected.delete(expected.keys().next().value as string);
    expected.set(id, origin);
  };
  const isOnlyInCookie = (id: string) => {
    const origin = expected.get(id);
    return origin !== undefined && origin.remove === undefined;
  };
  const takeOver = async (
    id: string,
    { load, remove }: Origin,
    renewal?: Renewal,
  ): Promise<StoredSession | undefined> => {
    const record = await load();
    if (record !== undefined) {
      const theirs = toOwn(record);
      const payload = codec.encode(theirs);
      // Stored as soon as it gets its own token: until then, each request has it from its cookie.
      if (remove === undefined) return { payload, version: payload, renewed: false };
      const now = Date.now();
      await own.store.create(id, payload, {
        expiresAt: new Date(now + lifetimes.idle),
        endsAt: new Date(now + lifetimes.absolute + lifetimes.idle),
        ...(theirs.subject !== undefined && { subject: theirs.subject }),
      });
      await remove();
    }
    // Also where it wasn't there any more: another request may just have taken it over.
    return own.store.read(id, renewal);
  };

  return {
    wire: {
      ...own.wire,
      read(cookie) {
        const ours = own.wire.read(cookie);
        const origin = ours === undefined ? source.find(cookie) : undefined;
        if (origin === undefined) return ours;
        expect(fingerprint(origin.token), origin);
        return { token: origin.token, outdated: true, replace: true };
      },
    },
    store: {
      ...forwarding(own.store),
      async read(id, renewal) {
        const origin = expected.get(id);
        const found = await own.store.read(id, renewal);
        if (found !== undefined || origin === undefined) return found;
        return takeOver(id, origin, renewal);
      },
      async replace(id, payload, version, meta) {
        return isOnlyInCookie(id) ? "ok" : own.store.replace(id, payload, version, meta);
      },
      async delete(id) {
        if (isOnlyInCookie(id)) return true;
        const origin = expected.get(id);
        const [ours, theirs] = await Promise.all([own.store.delete(id), origin?.remove?.()]);
        return ours || theirs === true;
      },
    },
  };
}
