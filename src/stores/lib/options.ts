/** Checks a store's option at once: throws a `TypeError` that names it and says what it takes. */
export function assertOption(valid: boolean, option: string, takes: string): asserts valid {
  if (!valid) throw new TypeError(`${option}: ${takes}`);
}

/** Checks that a store was called with options at all. A URL in their place is what people try first. */
export function assertOptions(options: unknown, store: string, takes: string): void {
  const isUrl = typeof options === "string" && /^[a-z+]+:/i.test(options);
  const hint = isUrl ? "; for a URL there is await connectStore(url), of dewar/stores" : "";
  assertOption(typeof options === "object" && options !== null, store, `takes ${takes}${hint}`);
}

/** What is said of a client that is none: the two that people try first are told what to do. */
export function clientFault(client: unknown, takes: string): string {
  if (typeof client === "string")
    return `${takes}, not a URL: for one there is await connectStore(url), of dewar/stores`;
  return client instanceof Promise ? `${takes}, not a promise of one: await it` : takes;
}
