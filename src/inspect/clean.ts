/**
 * What a terminal would obey rather than show, and what makes a text look like another one: control characters, marks of
 * direction and others without width, separators of lines, letters that are blank, halves of characters and private ones.
 * The two joiners, and what makes a sign an emoji, are left where scripts and emoji need them, and beside ASCII nobody does.
 */
const UNSEEN =
  /(?!(?<=\P{ASCII})(?:[\u200c\u200d](?=\P{ASCII})|[\ufe0e\ufe0f]))[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** A text from outside, safe to show and in one line: `\u001b` for what can't be seen. */
export function clean(text: string): string {
  return text.replace(UNSEEN, escaped);
}

/** The same for a text in JSON, with its line breaks; it stays the same JSON. */
export function cleanJson(json: string): string {
  return json.replace(UNSEEN, (character) => (character === "\n" ? character : escaped(character)));
}

function escaped(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
