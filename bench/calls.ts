let calls = 0;

/** Store calls in this process so far, of the stores that no server counts for. */
export const storeCalls = (): number => calls;

/** Makes `store` count the calls of `methods`. */
export function countCalls<T extends object>(store: T, methods: readonly string[]): T {
  const own = store as Record<string, unknown>;
  for (const method of methods) {
    const original = own[method];
    if (typeof original !== "function") throw new TypeError(`the store has no ${method}`);
    own[method] = (...args: unknown[]): unknown => {
      calls += 1;
      return Reflect.apply(original, store, args);
    };
  }
  return store;
}
