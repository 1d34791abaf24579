import { describe, expect, it, onTestFinished } from "vitest";
import { sessions } from "../../src/adapters/fetch.ts";
import { CookieSigner } from "../../src/flask/cookie-signer.ts";
import { type FlaskConfig, flaskSession } from "../../src/flask/index.ts";
import { getSession, session } from "../../src/index.ts";
import { settableClock } from "../../src/testing/index.ts";
import responses from "./vectors/flask-response.json" with { type: "json" };

interface Vector {
  name: string;
  config: FlaskConfig;
  requestCookie: string | null;
  now: number;
  expectedStatus: number;
  expectedSetCookie: string | null;
  expectedVary: string | null;
  json: string | null;
}

const vectors = responses.vectors as Vector[];
const data = () => session as Record<string, unknown>;

/** What each vector's handler does, in our words. */
const HANDLERS: Record<string, () => void> = {
  "keys sorted in a request": () => Object.assign(session, { user_id: 42, name: "alice" }),
  permanent: () => {
    getSession().permanent = true;
    data()["user_id"] = 42;
  },
  flash: () => {
    getSession().flash("hello");
    getSession().flash("bad", "error");
    data()["csrf_token"] = "abc";
  },
  // JavaScript has neither type: their text.
  "date and decimal, untagged": () => Object.assign(session, { date: "Thu, 29 Feb 2024 00:00:00 GMT", dec: "1.50" }),
  "cookie options": () => Object.assign(session, { a: 1 }),
  "read only, no request cookie": () => expect(data()["a"]).toBeUndefined(),
  untouched: () => {},
  "clear deletes the cookie": () => getSession().clear(),
  "pop missing with default": () => delete data()["missing"],
  "read, existing non-permanent session": () => expect(data()["a"]).toBe(1),
  "permanent, untouched, no refresh": () => {},
  "tampered request cookie, read": () => expect(data()["a"]).toBeUndefined(),
  "len() only": () => expect(Object.keys(session)).toHaveLength(1),
  "in only": () => expect("a" in session).toBe(true),
  "only _permanent": () => {
    getSession().permanent = true;
  },
  "permanent set to False": () => {
    getSession().permanent = false;
  },
  "set()": () => Object.assign(session, { x: new Set([1]) }),
  "int keys": () =>
    Object.assign(session, {
      a: new Map([
        [1, "x"],
        [2, "y"],
      ]),
    }),
  unicode: () => Object.assign(session, { name: "日本 é 😀", q: '"\\/\n\t<>&' }),
  "setdefault existing": () => {
    data()["a"] ??= 2;
  },
  "age 2678400": seen,
  "age 2678401": seen,
  "age -1": seen,
};

function seen(): void {
  data()["seen"] = data()["a"] ?? null;
}

/** Everything in which we differ from the vectors, and why. */
const DIFFERENCES: Record<string, { why: string; setCookie: string | null; vary: string | null }> = {
  "only _permanent": {
    why: "who has no data gets no session, as with Flask-Session",
    setCookie: null,
    vary: "Cookie",
  },
  "permanent set to False": {
    why: "it was not permanent before: nothing changed",
    setCookie: null,
    vary: "Cookie",
  },
};

async function respond({ config, requestCookie, now }: Vector, handler: () => void): Promise<Response> {
  const clock = settableClock(new Date(now * 1000));
  onTestFinished(() => clock.restore());
  const withSession = sessions(flaskSession({ SECRET_KEY: responses.secret, ...config }));
  const request = new Request(
    "http://localhost/",
    requestCookie === null ? {} : { headers: { cookie: requestCookie } },
  );
  return withSession(() => {
    handler();
    return new Response("done");
  })(request);
}

/** The line, with what was compressed (compressors differ) as its text. */
function readable(line: string | undefined | null): string | null {
  if (line == null) return null;
  const [, name = "", value = "", rest = ""] = /^([^=]*)=([^;]*)(.*)$/.exec(line) ?? [];
  if (!value.startsWith(".")) return line;
  const opened = new CookieSigner([responses.secret]).open(value, new Date(), Number.POSITIVE_INFINITY);
  return `${name}=${opened?.payload} of ${opened?.signedAt.toISOString()}${rest}`;
}

describe("answers as Flask's", () => {
  it.each(vectors.map((vector) => [vector.name, vector] as const))("%s", async (name, vector) => {
    const response = await respond(vector, HANDLERS[name] as () => void);
    const { setCookie, vary } = DIFFERENCES[name] ?? {
      setCookie: vector.expectedSetCookie,
      vary: vector.expectedVary,
    };
    expect(response.status).toBe(vector.expectedStatus);
    expect(response.headers.getSetCookie().map(readable)).toEqual(setCookie === null ? [] : [readable(setCookie)]);
    expect(response.headers.get("vary")).toBe(vary);
    // Flask leaves it to the application. (An error's answer is our adapter's own.)
    const isKept = setCookie !== null || response.status === 500;
    expect(response.headers.get("cache-control")).toBe(isKept ? "no-store" : null);
  });

  it("but signs again, under the first key, what a fallback had signed", async () => {
    const cookie = "session=eyJhIjoxfQ.ZVPxAA.D3QXMI0ZQYNZDxORB__kVZyT7hk";
    const rotated: Vector = {
      ...(vectors[0] as Vector),
      config: { SECRET_KEY: "new", SECRET_KEY_FALLBACKS: [responses.secret] },
      requestCookie: cookie,
    };
    const looked = await respond(rotated, () => expect(data()["a"]).toBe(1));
    const [line = ""] = looked.headers.getSetCookie();
    const value = line.slice("session=".length, line.indexOf(";"));
    expect(new CookieSigner(["new"]).open(value, new Date(), 0)?.payload.toString()).toBe('{"a":1}');
    expect((await respond(rotated, () => {})).headers.getSetCookie()).toEqual([]);
  });
});
