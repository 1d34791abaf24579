/** Checks a store's option at once: throws a `TypeError` that names it and says what it takes. */
export function assertOption(valid: boolean, option: string, takes: string): asserts valid {
  if (!valid) throw new TypeError(`${option}: ${takes}`);
}
