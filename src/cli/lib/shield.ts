/** Ids and tokens are base64url, and one in 64 begins with a dash; no option is as long. */
const LOOKS_LIKE_ID = /^-[\w-]{42}/;
/** In no argument: the system ends arguments with it. */
const SHIELD = "\u0000";

/** Keeps an id that begins with a dash from being read as an option. */
export function shield(argument: string): string {
  return LOOKS_LIKE_ID.test(argument) ? SHIELD + argument : argument;
}

export function unshield(text: string): string {
  return text.replaceAll(SHIELD, "");
}

/** The same for the values of options. */
export function unshieldAll<T extends object>(options: T): T {
  const entries = Object.entries(options);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === "string" ? unshield(value) : value]),
  ) as T;
}
