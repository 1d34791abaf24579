import { SessionError } from "../../core/errors.ts";

/** Deeper data is a mistake or an attack, and would overflow the stack of whoever walks it. */
const DEEPEST = 64;
const INDEX = /^\d+$/;
/** Past this many values the slow walk takes over, which visits a shared object once ("billion laughs"). */
const MOST_VALUES = 100_000;

/** Whether `JSON.parse(JSON.stringify(value))` gives the same again: no key lost, no value bent. */
export function isJson(value: unknown): boolean {
  return countJson(value, 0, MOST_VALUES) >= 0;
}

/** Whether what JSON.parse returned is bounded in depth and changes no prototype: all else about it is sure. */
export function isBounded(value: unknown, depth = 0): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (depth === DEEPEST) return false;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) if (!isBounded(value[index], depth + 1)) return false;
    return true;
  }
  for (const key in value) {
    if (key === "__proto__" || !isBounded((value as Record<string, unknown>)[key], depth + 1)) return false;
  }
  return true;
}

/** What is left of `budget` after the values in `value`; negative where JSON would bend one, or for too many or too deep. */
function countJson(value: unknown, depth: number, budget: number): number {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return budget - 1;
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0) ? budget - 1 : -1;
  if (typeof value !== "object" || depth === DEEPEST) return -1;
  if (!isMap(value)) return -1;
  let left = budget - 1;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && left >= 0; index++) left = countJson(value[index], depth + 1, left);
    return left;
  }
  // No plain object has inherited keys, and this loop is twice as fast as one over Object.keys.
  for (const key in value) {
    if (key === "__proto__") return -1;
    left = countJson((value as Record<string, unknown>)[key], depth + 1, left);
    if (left < 0) return -1;
  }
  return left;
}

/**
 * Throws `ERR_ENCODE`, naming the path, unless `value` and all in it are of the kinds that the codec keeps exactly.
 * Returns its height: what is reached on several ways must not be too deep on any of them.
 */
export function assertStorable(
  value: unknown,
  path: string,
  depth = 0,
  heights: Map<object, number> = new Map(),
): number {
  if (typeof value === "function" || typeof value === "symbol") throw unstorable(path, `a ${typeof value}`);
  if (typeof value !== "object" || value === null) return 0;
  const known = heights.get(value);
  if (depth + (known ?? 0) >= DEEPEST) throw unstorable(path, `nested deeper than ${DEEPEST}`);
  if (known !== undefined) return known;
  // For whoever comes by again while this is being looked at: a cycle adds no height.
  heights.set(value, 0);
  let height = 0;
  for (const [inner, innerPath] of innerValues(value, path)) {
    height = Math.max(height, 1 + assertStorable(inner, innerPath, depth + 1, heights));
  }
  heights.set(value, height);
  return height;
}

function* innerValues(value: object, path: string): Iterable<[value: unknown, path: string]> {
  switch (Object.getPrototypeOf(value)) {
    case Date.prototype:
    case Uint8Array.prototype:
      return;
    case Map.prototype:
      for (const [key, inner] of value as Map<unknown, unknown>) {
        yield [key, `${path}.keys()`];
        yield [inner, typeof key === "string" ? `${path}.get(${JSON.stringify(key)})` : `${path}.values()`];
      }
      return;
    case Set.prototype:
      for (const inner of value as Set<unknown>) yield [inner, `${path}.values()`];
      return;
  }
  if (value instanceof Promise) throw unstorable(path, "a promise (was an await forgotten?)");
  const isArray = Array.isArray(value);
  if (!isPlain(value) && Object.getPrototypeOf(value) !== null) {
    throw unstorable(path, `an instance of ${className(value)}`);
  }
  if (Object.getOwnPropertySymbols(value).length > 0) throw unstorable(path, "an object with symbols for keys");
  if (hasToJson(value)) throw unstorable(path, "an object with a toJSON method");
  for (const key of Object.keys(value)) {
    const innerPath = join(path, key, isArray);
    if (isArray && !INDEX.test(key)) throw unstorable(innerPath, "a named key of an array");
    if (key === "__proto__") throw unstorable(innerPath, "a key that would change the prototype");
    yield [(value as Record<string, unknown>)[key], innerPath];
  }
}

/** A plain object or array, and nothing beside its entries that JSON would drop or obey. */
function isMap(value: object): boolean {
  if (!isPlain(value) || hasToJson(value) || Object.getOwnPropertySymbols(value).length > 0) return false;
  return !Array.isArray(value) || Object.keys(value).length === value.length;
}

/** Also one of another realm (a vm context, a test runner's sandbox): its chain of prototypes is as short. */
function isPlain(value: object): boolean {
  let prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === Array.prototype) return true;
  if (Array.isArray(value)) prototype = prototype && Object.getPrototypeOf(prototype);
  return prototype !== null && Object.getPrototypeOf(prototype) === null;
}

function hasToJson(value: object): boolean {
  return typeof (value as { toJSON?: unknown }).toJSON === "function";
}

function join(path: string, key: string, inArray: boolean): string {
  if (inArray) return `${path}[${key}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

function className(value: object): string {
  const made = value.constructor;
  return typeof made === "function" && made.name !== "" ? made.name : "a class";
}

function unstorable(path: string, what: string): SessionError {
  const kept = "plain objects, arrays, strings, numbers, Date, Map, Set, BigInt, Uint8Array";
  return new SessionError(
    "ERR_ENCODE",
    `${path} is ${what}: a session keeps ${kept}; store what you need of it as these`,
  );
}
