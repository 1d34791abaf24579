import type { Codec, Flash, SessionRecord } from "../codec.ts";
import { isSameUse, usedBy } from "./device.ts";
import { sameValue } from "./record.ts";

/** What a request did to a session: the record as it loaded it, and as it is now. */
export interface Change {
  base: SessionRecord;
  mine: SessionRecord;
}

/** The stored record with this request's change on top; `contested`: keys that both sides changed, where ours stand. */
export interface Merge {
  record: SessionRecord;
  contested: string[];
}

/**
 * Three-way merge by top-level key. What this request changed goes on top of what is stored now (`theirs`); a key that
 * neither side touched is never dropped. Flash messages merge as a queue: stored, less those read here, plus those added
 * here. Who is logged in, and since when, is never taken from a request: it comes from what is stored.
 */
export function merge({ base, mine }: Change, theirs: SessionRecord, codec: Codec): Merge {
  const { data, contested } = mergeData(base.data, mine.data, theirs.data, codec);
  const record: SessionRecord = { ...theirs, data };
  record.permanent = mine.permanent === base.permanent ? theirs.permanent : mine.permanent;
  // As it was read, it tells of no use of ours: what is stored is newer.
  if (mine.device && !(base.device && isSameUse(base.device.last, mine.device.last))) {
    record.device = usedBy(theirs.device, mine.device.last);
  }
  const flashes = mergeFlashes(base.flashes ?? [], mine.flashes ?? [], theirs.flashes ?? [], codec);
  if (flashes.length > 0) record.flashes = flashes;
  else delete record.flashes;
  return { record, contested };
}

/** This request's data as a whole, whatever others changed; who is logged in, and since when, is what is stored. */
export function overwrite({ data, permanent, flashes = [], device }: SessionRecord, theirs: SessionRecord): Merge {
  const record = { ...theirs, data, permanent, flashes, ...(device && { device: usedBy(theirs.device, device.last) }) };
  return { record, contested: [] };
}

/** Whether another person's session stands where this request's was. Nobody logged in before, and someone now, is not. */
export function isSomeoneElses(base: SessionRecord, theirs: SessionRecord): boolean {
  return base.subject !== undefined && theirs.subject !== base.subject;
}

/** The keys whose values differ; one that is missing differs from one that is there. */
export function changedKeys(before: Data, after: Data, codec: Codec): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter((key) => !sameEntry(before, after, key, codec));
}

/** For formats whose bytes aren't canonical: whether anything that would be stored differs. */
export function differs(before: SessionRecord, after: SessionRecord, codec: Codec): boolean {
  return (
    before.permanent !== after.permanent ||
    before.subject !== after.subject ||
    !sameValue(codec, before.flashes ?? [], after.flashes ?? []) ||
    changedKeys(before.data, after.data, codec).length > 0
  );
}

type Data = Record<string, unknown>;

function mergeData(base: Data, mine: Data, theirs: Data, codec: Codec): { data: Data; contested: string[] } {
  const data = { ...theirs };
  const contested: string[] = [];
  for (const key of changedKeys(base, mine, codec)) {
    if (!sameEntry(base, theirs, key, codec) && !sameEntry(mine, theirs, key, codec)) contested.push(key);
    if (Object.hasOwn(mine, key)) data[key] = mine[key];
    else delete data[key];
  }
  return { data, contested };
}

function sameEntry(a: Data, b: Data, key: string, codec: Codec): boolean {
  const inBoth = Object.hasOwn(a, key) && Object.hasOwn(b, key);
  return inBoth ? sameValue(codec, a[key], b[key]) : Object.hasOwn(a, key) === Object.hasOwn(b, key);
}

function mergeFlashes(base: Flash[], mine: Flash[], theirs: Flash[], codec: Codec): Flash[] {
  const read = withoutEach(base, mine, codec);
  const added = withoutEach(mine, base, codec);
  return [...withoutEach(theirs, read, codec), ...added];
}

/** `queue` less one message for each equal one in `taken`. */
function withoutEach(queue: Flash[], taken: Flash[], codec: Codec): Flash[] {
  const rest = [...queue];
  for (const { category, message } of taken) {
    const index = rest.findIndex((flash) => flash.category === category && sameValue(codec, flash.message, message));
    if (index !== -1) rest.splice(index, 1);
  }
  return rest;
}
