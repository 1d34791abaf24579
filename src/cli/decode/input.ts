/** A cookie that somebody handed in, with its name where it had one. */
export interface Candidate {
  name: string | undefined;
  value: string;
}

/** Far more than browsers send. */
export const MOST_CHARACTERS: number = 64 * 1024;

const HEADER = /^(?:set-)?cookie:\s*/i;
/** A token of RFC 9110 and "=", unless only the padding of base64 follows. */
const PAIR = /^([!#$%&'*+.^_`|~\w-]+)=(?!=*$)/;
const ATTRIBUTES = new Set([
  "path",
  "domain",
  "expires",
  "max-age",
  "httponly",
  "secure",
  "samesite",
  "partitioned",
  "priority",
]);

/**
 * The cookies in what somebody pasted: a bare value, `name=value`, the header Cookie or a line of Set-Cookie, with or without
 * the header's name. Throws `TypeError` for nothing, and for more than any browser sends.
 */
export function candidatesIn(pasted: string): Candidate[] {
  if (pasted.length > MOST_CHARACTERS) {
    throw new TypeError(`COOKIE: has ${pasted.length} characters; no cookie has more than ${MOST_CHARACTERS}`);
  }
  const text = pasted.trim().replace(HEADER, "");
  const candidates = text
    .split(";")
    .map((part) => candidateIn(part.trim()))
    .filter(
      ({ name, value }, index) => value !== "" && (index === 0 || !ATTRIBUTES.has((name ?? value).toLowerCase())),
    );
  if (candidates.length === 0) throw new TypeError("COOKIE: takes a cookie's value, name=value, or a Cookie header");
  return candidates;
}

function candidateIn(text: string): Candidate {
  const name = PAIR.exec(text)?.[1];
  const value = name === undefined ? text : text.slice(name.length + 1);
  return { name, value: unquoted(value.trim()) };
}

function unquoted(value: string): string {
  return /^".*"$/.test(value) && value.length > 1 ? value.slice(1, -1) : value;
}
