/** What the server's words mean, command by command. */
export const ADDED = { STORED: true, NOT_STORED: false } as const;
export const SWAPPED = { STORED: "ok", EXISTS: "conflict", NOT_FOUND: "gone" } as const;
export const DELETED = { DELETED: true, NOT_FOUND: false } as const;
export const TOUCHED = { TOUCHED: true, NOT_FOUND: false } as const;

/** `undefined` for a word that is no answer to the command. */
export function meaningOf<Meaning>(word: string, words: Readonly<Record<string, Meaning>>): Meaning | undefined {
  return Object.hasOwn(words, word) ? words[word] : undefined;
}
