/** A number with how far it may be off, in parts of it, nineteen times out of twenty. 0: it was counted. */
export interface Estimate {
  value: number;
  error: number;
}

/** Nineteen times out of twenty, in standard deviations. */
const CONFIDENCE = 1.96;
/** An estimate that is further off says nothing. */
const WORST = 0.75;
/** Fewer tell too little. */
const FEWEST = 50;
/** The characters of base64url in the order of their bytes, which is that of the stores. */
const DIGITS = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

/**
 * How many sessions there are, from the first ids of all in order. They are digests, and so spread evenly: if the first
 * thousand take up a hundredth of what ids can be, there are a hundred thousand. Undefined where the ids aren't in order: not
 * every store lists by id.
 */
export function estimateTotal(firstIds: readonly string[]): Estimate | undefined {
  if (firstIds.length < FEWEST) return undefined;
  const places = firstIds.map(placeOf);
  if (places.some((place, index) => !(place > (places[index - 1] ?? -1)))) return undefined;
  const last = places.at(-1) ?? 0;
  return { value: (firstIds.length - 1) / last, error: errorOf(firstIds.length - 1) };
}

/**
 * How many users `signedIn` sessions belong to, from how many sessions the users of some of them have: a session of a user
 * who has four of them counts for a quarter of a user. `most`: so many or more; how many more wasn't counted. Undefined where
 * that leaves too much open.
 */
export function estimateUsers(
  signedIn: Estimate,
  sessionsOfUser: readonly number[],
  most: number = Number.POSITIVE_INFINITY,
): Estimate | undefined {
  if (sessionsOfUser.length < 2) return undefined;
  // Between nothing and as much as `most` makes: the middle, and so far to either side.
  const open = 1 / most / 2;
  const parts = sessionsOfUser.map((sessions) => (sessions >= most ? open : 1 / sessions));
  const mean = parts.reduce((sum, part) => sum + part, 0) / parts.length;
  const variance = parts.reduce((sum, part) => sum + (part - mean) ** 2, 0) / (parts.length - 1);
  const chance = (CONFIDENCE * Math.sqrt(variance / parts.length)) / mean;
  const unknown = (parts.filter((part) => part === open).length * open) / parts.length / mean;
  const error = Math.hypot(signedIn.error, chance) + unknown;
  return error < WORST ? { value: signedIn.value * mean, error } : undefined;
}

/** How far a number is off that is estimated by the density of so many. */
export function errorOf(sampled: number): number {
  return CONFIDENCE / Math.sqrt(Math.max(sampled - 1, 1));
}

/** How many of `total` are as `some` of `sampled` are. */
export function estimateShare(total: Estimate, some: number, sampled: number): Estimate {
  const share = some / sampled;
  const error = some === 0 ? 0 : (CONFIDENCE * Math.sqrt((share * (1 - share)) / sampled)) / share;
  return { value: total.value * share, error: Math.hypot(total.error, error) };
}

/** Where an id stands among all that there can be, from 0 to 1. Ten characters are more than a number can tell apart. */
function placeOf(id: string): number {
  return [...id.slice(0, 10)].reduceRight((place, digit) => (place + DIGITS.indexOf(digit)) / DIGITS.length, 0);
}
