/**
 * What a terminal would obey rather than show, and what makes a text look like another one: control characters, marks of
 * direction and others without width (but the two joiners that scripts need), separators of lines, halves of characters.
 */
const UNSAFE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A text from the store, safe to print and in one line: `\u001b` for what it must not say to a terminal. */
export function clean(text: string): string {
  return text.replace(UNSAFE, escaped);
}

/** The same for a text in JSON, with its line breaks; it stays the same JSON. */
export function cleanJson(json: string): string {
  return json.replace(UNSAFE, (character) => (character === "\n" ? character : escaped(character)));
}

function escaped(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
