import { expect, it, onTestFinished } from "vitest";
import { CookieJar } from "../../../src/testing/index.ts";
import type { FlaskConfig, Step } from "../lib/flask-app.ts";
import type { Combination } from "./combinations.ts";
import { set, type Walk } from "./walk.ts";

const REQUESTS: Record<string, Step[]> = {
  "untouched, nothing there": [],
  "looked at, nothing there": [{ op: "has", key: "a" }],
  "first write": set({ a: 1 }),
  untouched: [],
  "looked at": [{ op: "has", key: "a" }],
  changed: set({ a: 2 }),
  "not permanent": [{ op: "permanent", value: false }],
  "untouched, not permanent": [],
  "looked at, not permanent": [{ op: "has", key: "a" }],
  permanent: [{ op: "permanent", value: true }],
  emptied: [{ op: "clear" }],
};

/** With the signer, so that each type is seen with the defaults and without. */
const DRESSED: FlaskConfig = {
  SESSION_COOKIE_SECURE: true,
  SESSION_COOKIE_HTTPONLY: false,
  SESSION_COOKIE_SAMESITE: "Lax",
  SESSION_REFRESH_EACH_REQUEST: false,
};

interface Answer {
  setCookie: string | undefined;
  vary: string | null;
}

interface Difference {
  why: string;
  where(request: string, combination: Combination): boolean;
  ours(flasks: Answer, combination: Combination): Answer;
}

const inStore = ({ format }: Combination) => format !== "cookie";
const isDressed = ({ config }: Combination) => config.SESSION_USE_SIGNER === true;

/** Everything in which our answers aren't Flask's. */
const DIFFERENCES: Difference[] = [
  {
    why: "a visitor who has no data gets no session, as with Flask-Session since 0.7",
    where: (request, { version, format }) =>
      version === "0.5" && format !== "cookie" && request.endsWith("nothing there"),
    ours: ({ vary }) => ({ setCookie: undefined, vary }),
  },
  {
    why: "what depends on the cookie says so, as with Flask since 3.1.3, where `in` counts, and Flask-Session since 0.7",
    where: (request, { version }) => version === "0.5" && !request.startsWith("untouched"),
    ours: (flasks) => ({ ...flasks, vary: "Cookie" }),
  },
  {
    why: "a cookie that is set varies the answer, as with Flask-Session since 0.7",
    where: (_, { version }) => version === "0.5",
    ours: (flasks) => ({ ...flasks, vary: flasks.setCookie === undefined ? flasks.vary : "Cookie" }),
  },
  {
    why: "browsers don't delete a cookie by a line that lacks its attributes: Flask-Session names domain and path only",
    where: (request, combination) => request === "emptied" && inStore(combination),
    ours: ({ setCookie, vary }, combination) => ({
      setCookie: setCookie?.replace(
        "; Path=/",
        isDressed(combination) ? "; Secure; Path=/; SameSite=Lax" : "; HttpOnly; Path=/",
      ),
      vary,
    }),
  },
  {
    why: "what was not permanent before isn't changed by being made so again, and Flask's cookie begins as that",
    where: (request, combination) => request === "not permanent" && !inStore(combination),
    ours: ({ vary }) => ({ setCookie: undefined, vary }),
  },
];

export function walkAnswers({ combination, start }: Walk): void {
  it("answers with the cookie's attributes, and Vary, of Flask's", async () => {
    // Flask-Login looks into the session on each request.
    const { flask, ours, stop } = await start({ ...(isDressed(combination) && DRESSED), FLASK_LOGIN: false });
    onTestFinished(stop);
    const [theirs, mine] = [new CookieJar(), new CookieJar()];
    for (const [request, steps] of Object.entries(REQUESTS)) {
      if (combination.needsPermanent && request.includes("not permanent")) continue;
      const flasks = answerOf(await flask.run(steps, theirs));
      const response = await ours.run(steps, mine);
      const differences = DIFFERENCES.filter(({ where }) => where(request, combination));
      const expected = differences.reduce((answer, { ours }) => ours(answer, combination), flasks);
      expect(answerOf(response), request).toEqual(expected);
      // A cookie in a shared cache would sign strangers in; Flask leaves that to the application.
      expect(response.headers.get("cache-control"), request).toBe(expected.setCookie === undefined ? null : "no-store");
    }
  });
}

function answerOf({ setCookies, headers }: { setCookies: readonly string[]; headers: Headers }): Answer {
  expect(setCookies.length).toBeLessThan(2);
  return { setCookie: setCookies.map(timeless)[0], vary: headers.get("vary") };
}

/** A Set-Cookie line without its value, and with an end as seconds from now, to the minute. */
function timeless(line: string): string {
  const [pair = "", ...attributes] = line.split("; ");
  const about = (attribute: string) => {
    const [name, value = ""] = attribute.split("=");
    const end = Date.parse(value);
    return name === "Expires" && end > 0 ? `Expires in ${Math.round((end - Date.now()) / 60_000) * 60}` : attribute;
  };
  return [pair.replace(/=.+/, "=…"), ...attributes.map(about)].join("; ");
}
