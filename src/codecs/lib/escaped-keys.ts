/*
 * V8 13 (Node 24) misreads keys that are written with a backslash: once it has parsed an object with a backslash for a key,
 * JSON.parse takes other such keys for that one. So these keys are written as values, which it reads well.
 */

/** Whether `value` is an object, not an array or the like, with such a key of its own. */
export function hasEscapedKey(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  // A map without a prototype is written as a list by devalue itself.
  return Object.getPrototypeOf(value) !== null && Object.keys(value).some(isEscaped);
}

/** The same of any object within a value that JSON keeps. */
export function containsEscapedKey(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return hasEscapedKey(value) || Object.values(value).some(containsEscapedKey);
}

/** By JSON, or by devalue, which escapes what would be unsafe in a script too. */
function isEscaped(key: string): boolean {
  return JSON.stringify(key).length > key.length + 2 || /[<\u2028\u2029]/.test(key);
}
