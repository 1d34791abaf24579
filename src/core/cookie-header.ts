const SPACE = 0x20;
const TAB = 0x09;
const EQUALS = 0x3d;

/** More differing values than this are never told apart, only known to be too many. */
const MOST_VALUES = 4;

/**
 * The differing values of one cookie in a Cookie header, in order. One linear scan for one name, octet-exact: trims only
 * space and tab (RFC 6265bis, 5.6), decodes nothing, unquotes nothing, and builds no object keyed by names. A look-alike
 * that a browser would keep apart (Unicode spaces, another case) is therefore another cookie here too.
 */
export function cookieValues(header: string, name: string): string[] {
  const values: string[] = [];
  for (let start = 0; start < header.length && values.length <= MOST_VALUES; ) {
    const semicolon = header.indexOf(";", start);
    const end = semicolon === -1 ? header.length : semicolon;
    const value = valueBetween(header, start, end, name);
    if (value !== undefined && !values.includes(value)) values.push(value);
    start = end + 1;
  }
  return values;
}

function valueBetween(header: string, start: number, end: number, name: string): string | undefined {
  const from = skipSpace(header, start, end);
  if (!header.startsWith(name, from)) return undefined;
  const equals = skipSpace(header, from + name.length, end);
  if (equals >= end || header.charCodeAt(equals) !== EQUALS) return undefined;
  const first = skipSpace(header, equals + 1, end);
  let last = end;
  while (last > first && isSpace(header.charCodeAt(last - 1))) last--;
  return header.slice(first, last);
}

function skipSpace(header: string, from: number, end: number): number {
  let index = from;
  while (index < end && isSpace(header.charCodeAt(index))) index++;
  return index;
}

function isSpace(code: number): boolean {
  return code === SPACE || code === TAB;
}
