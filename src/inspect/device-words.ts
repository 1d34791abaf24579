import Bowser from "bowser";

/** A header can be as long as its sender likes, and is looked at with many regular expressions. */
const LOOKED_AT = 512;
/** Many sessions have the same browser, and to recognise one takes longer than to read a session. */
const known = new Map<string, string>();
const MOST_KNOWN = 1000;

/**
 * A User-Agent header in words that people know: "Firefox 133 on Windows". What it doesn't know it leaves out;
 * "an unknown browser" if that is all. The words are from the header, which anybody can write: escape them.
 */
export function deviceWords(userAgent: string | undefined): string {
  if (userAgent === undefined || userAgent === "") return UNKNOWN;
  const start = userAgent.slice(0, LOOKED_AT);
  const words = known.get(start) ?? recognise(start);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(start, words);
  return words;
}

function recognise(start: string): string {
  const { browser, os } = Bowser.parse(start);
  const name = [browser.name, browser.version?.split(".")[0]].filter(Boolean).join(" ");
  const system = os.name ?? "";
  if (name === "") return system === "" ? programOf(start) : `a browser on ${system}`;
  return system === "" ? name : `${name} on ${system}`;
}

/** Programs name themselves first: `curl/8.5.0`. Browsers all say that they are Mozilla. */
function programOf(userAgent: string): string {
  const [, name, version] = /^(?!Mozilla\/)([A-Za-z][\w.-]{0,30})\/(\d{1,6})/.exec(userAgent) ?? [];
  return name === undefined ? UNKNOWN : `${name} ${version}`;
}

const UNKNOWN = "an unknown browser";
