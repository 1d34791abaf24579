/** The first block of a language on a page. */
export function firstBlock(page: string, language: string): string {
  const code = new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, "m").exec(page)?.[1];
  if (code === undefined) throw new Error(`There is no block marked ${language}.`);
  return code;
}
