import type { CookieWriter } from "../core/set-cookie.ts";
import type { RecordWire, TokenWire } from "../core/wire.ts";
import { CookieSigner } from "./cookie-signer.ts";
import { markLogin } from "./flask-login.ts";
import type { SessionIds } from "./session-ids.ts";
import type { Secret } from "./signing.ts";

/** Flask's rules, the same for both of its cookies. */
export interface FlaskRules {
  cookie: CookieWriter;
  /** `SESSION_REFRESH_EACH_REQUEST`. */
  refresh: boolean;
}

/** The cookie of Flask itself: the data in it, signed, with the time in it. `lifetime` in seconds. */
export function flaskCookieWire(secrets: [Secret, ...Secret[]], lifetime: number, rules: FlaskRules): RecordWire {
  const signer = new CookieSigner(secrets);
  return {
    carries: "record",
    ...policy(rules, ({ permanent }) => permanent && rules.refresh),
    // Its end is that of its signature: only to send it again puts it off.
    sliding: false,
    read(value) {
      const opened = signer.open(value, new Date(), Number.POSITIVE_INFINITY);
      if (opened === undefined) return undefined;
      const { payload, signedAt, key } = opened;
      // Flask counts whole seconds, and the last one is still good.
      return { payload, expiresAt: new Date(signedAt.getTime() + (lifetime + 1) * 1000), outdated: key > 0 };
    },
    write: (payload) => signer.sign(payload, new Date()),
  };
}

/** The cookie of Flask-Session: the id, signed or not. `always`: sent with every response, as up to its version 0.5. */
export function flaskSessionWire(ids: SessionIds, rules: FlaskRules & { always: boolean }): TokenWire {
  return {
    carries: "token",
    ...policy(rules, ({ permanent, changed }) => rules.always || (permanent && (rules.refresh || changed))),
    sliding: rules.always || rules.refresh,
    ...ids,
  };
}

function policy({ cookie }: FlaskRules, resend: (session: { permanent: boolean; changed: boolean }) => boolean) {
  return {
    cookie,
    resend,
    endsAt: ({ idle }: { idle: Date }) => idle,
    loggedIn: markLogin,
  };
}
