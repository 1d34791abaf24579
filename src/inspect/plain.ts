import { isSensitiveName, isSensitiveText, MASK } from "./mask.ts";

/** What JSON can say. */
export type Plain = null | boolean | number | string | Plain[] | { [name: string]: Plain };

const DEEPEST = 100;

/**
 * A session's data as JSON can say them, for people to read: dates in ISO 8601, a `Map` as an object or as pairs, a `Set` as a
 * list, bytes in base64. Sensitive values are masked, unless `reveal`. Not for reading back.
 */
export function toPlain(value: unknown, { reveal }: { reveal: boolean }): Plain {
  return convert(value, reveal, new Set());
}

/** `above`: the objects that this one is in, so that a circle ends. */
function convert(value: unknown, reveal: boolean, above: Set<object>): Plain {
  if (typeof value === "string") return !reveal && isSensitiveText(value) ? MASK : value;
  if (typeof value === "boolean" || value === null) return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "object") return String(value);
  if (above.has(value)) return "(circle)";
  if (above.size >= DEEPEST) return "(too deep)";
  above.add(value);
  const plain = convertObject(value, reveal, above);
  above.delete(value);
  return plain;
}

function convertObject(value: object, reveal: boolean, above: Set<object>): Plain {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "(no date)" : value.toISOString();
  if (value instanceof Uint8Array) return `base64:${Buffer.from(value).toString("base64")}`;
  if (Array.isArray(value)) return value.map((item) => convert(item, reveal, above));
  if (value instanceof Set) return [...value].map((item) => convert(item, reveal, above));
  if (value instanceof Map) {
    const pairs = [...value];
    if (pairs.every(([key]) => typeof key === "string")) return convertPairs(pairs, reveal, above);
    return pairs.map(([key, item]) => [convert(key, reveal, above), convert(item, reveal, above)]);
  }
  return convertPairs(Object.entries(value), reveal, above);
}

function convertPairs(pairs: [string, unknown][], reveal: boolean, above: Set<object>): Plain {
  return Object.fromEntries(
    pairs.map(([name, item]) => [
      name,
      !reveal && hides(item) && isSensitiveName(name) ? MASK : convert(item, reveal, above),
    ]),
  );
}

/** Whether there is a value is no secret, nor is a yes or a no. */
function hides(value: unknown): boolean {
  return value !== null && value !== undefined && typeof value !== "boolean";
}
