import type { Codec } from "../../codec.ts";
import { readBareToken, readSealed, readSignedToken } from "./dewar.ts";
import { readBareId, readFlask, readSignedId } from "./flask.ts";
import type { Candidate } from "./input.ts";
import { readConnectSid, readForeign } from "./others.ts";
import type { CookieReport, Judge, Reader } from "./report.ts";

/** What a cookie is, whether it holds, and what is in it, without asking a store. `codec`: of what is encrypted in it. */
export function decodeCookie({ name, value }: Candidate, judge: Judge, codec?: Codec): CookieReport {
  // The most telling shapes first.
  const readers: Reader[] = [
    readSignedToken,
    readBareToken,
    readConnectSid,
    readFlask,
    readSignedId,
    (text, by) => readSealed(text, by, codec),
    readForeign,
    readBareId,
  ];
  for (const read of readers) {
    const report = read(value, judge);
    if (report !== undefined) return named(name, report);
  }
  return named(name, {
    kind: "unknown",
    is: "no session cookie that is known here",
    verdict: "refused",
    why: diagnosis(value),
    notes: [],
  });
}

function named(name: string | undefined, report: CookieReport): CookieReport {
  return name === undefined ? report : { name, ...report };
}

/** Where a value that is nearly one of ours differs. */
function diagnosis(value: string): string {
  const odd = /[^\w.-]/.exec(value);
  const parts = value.split(".");
  const [first = "", second = ""] = parts;
  if (/^[\w-]{43}$/.test(first) && parts.length === 2 && odd === null) {
    return `Its first part is a token's; its signature has ${second.length} characters where 43 (dewar) or 27 (Flask-Session) are due.`;
  }
  if (/^[\w-]+$/.test(value) && value.length < 43) {
    return `It has ${value.length} characters, and a token has 43: it was cut off, or is something else.`;
  }
  if (parts.length === 3 && odd === null) {
    const [, , signature = ""] = parts;
    return `It has Flask's three parts, but a signature of ${signature.length} characters where 27 are due.`;
  }
  if (odd !== null) {
    return `Character ${odd.index + 1} is none that occurs in a session's cookie of dewar's or Flask's: was it encoded or quoted?`;
  }
  return "Its shape is none that dewar, Flask, Flask-Session or express-session write.";
}
