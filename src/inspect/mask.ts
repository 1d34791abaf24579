/** What stands for a value that isn't shown. Says nothing of its length. */
export const MASK = "••••••";

/** Parts of a name that make it sensitive, whatever stands around them. */
const ANYWHERE = new RegExp(
  "passw(or)?d|passphrase|passcode|secret|token|csrf|xsrf|credential|api_?key|private_?key|card_?num|credit_?card|" +
    "authoriz|session_?id|signature|(verification|login|reset|recovery|backup|sms|one_?time)_?code",
  "i",
);

/** Whole words of a name that make it sensitive: "auth", but not "author". */
const WORDS = new Set(
  (
    "auth bearer card cookie cvc cvv hash iban jwt key mfa nonce otp pan pass pin pwd salt seed sid sig ssn totp " +
    "verifier"
  ).split(" "),
);

/** What gives itself away: a JSON Web Token, a private key, well-known shapes of keys, a header or URL with a password. */
const TELLING: readonly RegExp[] = [
  // From its first point backwards: many beginnings take no longer than one.
  /(?<=\beyJ[\w-]{5,4000})\.[\w-]*\./,
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY/,
  /\b((sk|pk|rk|gh[pousr]|xox[abprs])[_-]\w{8}|AKIA[A-Z0-9]{12})/,
  /^(Bearer\s|Basic\s+[\w+/]{6,4000}=*$)/i,
  /:\/\/[^\s/:@]{0,200}:[^\s@]{1,200}@/,
  // Nobody writes such a word, nor reads it: a key, a hash, an id that opens something.
  /^(?=\D*\d)(?=[^a-f]*[a-f])[\da-f]{32,}$/i,
  /^(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])[\w+-]{40,}=*$/,
  // With a slash and no digit it is rather a path.
  /^(?=\D*\d)(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])[\w+/-]{40,}=*$/,
];

const CARD = /^[2-6](?:[ -]?\d){12,18}$/;
/** Names in a text that holds data itself: in JSON, also JSON in JSON, in a query, a cookie, a form. */
const NAMES_INSIDE = /["']([^"'\\:]{1,80})\\*["']\s{0,9}:|(?:^|[?&;\s])([\w.[\]%-]{1,80})=/g;
/** Of a name, in characters. */
const LONGEST_NAME = 2000;
/** More than a session holds by default. Of a longer text only the start is looked at. */
const LOOKED_AT = 100_000;

/** Whether the name of a value says that it had better not be on a screen: `csrf_token`, `apiKey`, `card`. */
export function isSensitiveName(name: string): boolean {
  const start = name.slice(0, LONGEST_NAME);
  return ANYWHERE.test(start) || wordsOf(start).some((word) => WORDS.has(word) || WORDS.has(word.replace(/s$/, "")));
}

/** Whether a text is sensitive under whatever name: a token, a private key, the number of a card, data with such a name in it. */
export function isSensitiveText(text: string): boolean {
  const start = text.slice(0, LOOKED_AT);
  if (TELLING.some((shape) => shape.test(start))) return true;
  if (CARD.test(start) && passesLuhn(start.replace(/\D/g, ""))) return true;
  for (const [, quoted, plain] of start.matchAll(NAMES_INSIDE)) if (isSensitiveName(quoted ?? plain ?? "")) return true;
  return false;
}

/** Whether a value had better not be on a screen. Whether there is one is no secret, nor is a yes or a no. */
export function isSensitive(name: string, value: unknown): boolean {
  if (value === null || value === undefined || typeof value === "boolean") return false;
  return isSensitiveName(name) || (typeof value !== "object" && isSensitiveText(String(value)));
}

/** Under what name a value of an object stands: in `{ name: "password", value: "x" }` that is a value itself. */
export function nameIn(pairs: readonly [name: string, value: unknown][], name: string): string {
  if (name !== "value") return name;
  const [, given] = pairs.find(([other, value]) => LABELS.has(other) && typeof value === "string") ?? [];
  return typeof given === "string" ? given : name;
}

const LABELS = new Set(["name", "key", "field", "header"]);

/** `userAPIKey_2` has the words user, api, key, 2. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\d]+/u);
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
