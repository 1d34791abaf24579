import type { Codec, SessionRecord } from "../../codec.ts";
import { randomToken } from "../../core/crypto.ts";
import type { RecordWire, TokenWire } from "../../core/wire.ts";
import type { Store } from "../../store.ts";

/** Where sessions of Flask's come from: a cookie of it, what that leads to, and how to take it away. */
export interface Source {
  /** `undefined` for what is no cookie of Flask's. */
  find(cookie: string): Origin | undefined;
}

export interface Origin {
  /** Of the shape of our own tokens, or not: it is replaced in any case. */
  token: string;
  load(): Promise<SessionRecord | undefined>;
  /** Afterwards, Flask doesn't find it either. None: it is in the cookie, and nowhere else. */
  remove?(): Promise<boolean>;
}

const TOKEN_BYTES = 32;

/** Flask-Session's. */
export function storeSource(wire: TokenWire, store: Store, codec: Codec): Source {
  return {
    find(cookie) {
      const token = wire.read(cookie)?.token;
      if (token === undefined) return undefined;
      return {
        token,
        async load() {
          const stored = await store.read(token);
          return stored && codec.decode(stored.payload);
        },
        remove: () => store.delete(token),
      };
    },
  };
}

/** Flask's own cookie. It can't be taken away: whoever has kept a copy may bring it again, until it expires. */
export function cookieSource(wire: RecordWire, codec: Codec): Source {
  return {
    find(cookie) {
      const content = wire.read(cookie);
      if (content === undefined || content.expiresAt <= new Date()) return undefined;
      return {
        // Not of the cookie, which is the same for all who came in the same second and have the same data.
        token: randomToken(TOKEN_BYTES),
        load: async () => codec.decode(content.payload),
      };
    },
  };
}
