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

/** Values that give themselves away: a JSON Web Token, a private key, well-known shapes of keys, a URL with a password. */
const TELLING =
  /^eyJ[\w-]+\.[\w-]*\.|-----BEGIN [A-Z ]*PRIVATE KEY|^(sk|pk|rk|gh[pousr]|xox[abprs])[_-]\w{8}|^AKIA[A-Z0-9]{12}|^Bearer\s|:\/\/[^\s/:@]*:[^\s@]+@/;

const CARD = /^\d(?:[ -]?\d){12,18}$/;
/** Of a longer text only the start is looked at. */
const LOOKED_AT = 2000;

/** Whether the name of a value says that it had better not be on a screen: `csrf_token`, `apiKey`, `card`. */
export function isSensitiveName(name: string): boolean {
  const start = name.slice(0, LOOKED_AT);
  return ANYWHERE.test(start) || wordsOf(start).some((word) => WORDS.has(word) || WORDS.has(word.replace(/s$/, "")));
}

/** Whether a text is sensitive under whatever name: a token, a private key, the number of a card. */
export function isSensitiveText(text: string): boolean {
  const start = text.slice(0, LOOKED_AT);
  return TELLING.test(start) || (CARD.test(start) && passesLuhn(start.replace(/\D/g, "")));
}

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
