import { isSensitive, isSensitiveText, MASK, nameIn } from "./mask.ts";

/** What JSON can say. */
export type Plain = null | boolean | number | string | Plain[] | { [name: string]: Plain };

const DEEPEST = 100;
/** More than fit into a session. What is in many places is shown in each of them, so a few bytes can stand for as many as one likes. */
const MOST_VALUES = 100_000;

/** How far the conversion has got. */
interface Progress {
  reveal: boolean;
  left: number;
  /** The objects that the current one is in: so that a circle ends. */
  above: Set<object>;
}

/**
 * A session's data as JSON can say them, for people to read: dates in ISO 8601, a `Map` as an object or as pairs, a `Set` as a
 * list, bytes in base64. Sensitive values are masked, unless `reveal`. Not for reading back.
 */
export function toPlain(value: unknown, { reveal }: { reveal: boolean }): Plain {
  return convert(value, { reveal, left: MOST_VALUES, above: new Set() });
}

function convert(value: unknown, progress: Progress, name = ""): Plain {
  if (progress.left-- <= 0) return "(too much)";
  const { reveal, above } = progress;
  if (!reveal && isSensitive(name, value)) return MASK;
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "object") return String(value);
  if (above.has(value)) return "(circle)";
  if (above.size >= DEEPEST) return "(too deep)";
  above.add(value);
  const plain = convertObject(value, progress);
  above.delete(value);
  return plain;
}

function convertObject(value: object, progress: Progress): Plain {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "(no date)" : value.toISOString();
  if (value instanceof Uint8Array) return `base64:${Buffer.from(value).toString("base64")}`;
  if (Array.isArray(value)) return convertList(value, value.length, progress);
  if (value instanceof Set) return convertList([...value], value.size, progress);
  if (!(value instanceof Map)) return convertPairs(Object.entries(value), progress);
  const pairs = [...value];
  if (pairs.every(([key]) => typeof key === "string")) return convertPairs(pairs, progress);
  return pairs.map(([key, item]) => [convert(key, progress), convert(item, progress, String(key))]);
}

/** A list can say that it is longer than anything that is in it. */
function convertList(items: readonly unknown[], length: number, progress: Progress): Plain[] {
  const list: Plain[] = [];
  for (let index = 0; index < length && progress.left > 0; index++) list.push(convert(items[index], progress));
  if (list.length < length) list.push(`(${length - list.length} more)`);
  return list;
}

function convertPairs(pairs: [string, unknown][], progress: Progress): Plain {
  const isShown = ([name]: [string, unknown]) => progress.reveal || !isSensitiveText(name);
  return Object.fromEntries(
    pairs.map((pair, index) => [
      isShown(pair) ? pair[0] : `${MASK} ${index + 1}`,
      convert(pair[1], progress, nameIn(pairs, pair[0])),
    ]),
  );
}
