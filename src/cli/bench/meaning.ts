import { count } from "../../inspect/words.ts";
import { inMs } from "../ping/times.ts";
import type { Kind, Result } from "./run.ts";

/** As many requests at once as one process of an application often has. */
const USUAL = 16;
/** Of a processor. */
const AT_ITS_LIMIT = 0.9;

/** What the numbers mean for an application, in sentences; and what they don't. */
export function meaningOf(results: readonly Result[]): string[] {
  const usual = (kind: Kind) => results.find((result) => result.kind === kind && result.at === USUAL);
  const [read, write, list] = [usual("read"), usual("write"), usual("list")];
  const sentences: string[] = [];
  if (read !== undefined && write !== undefined) {
    sentences.push(
      `With ${USUAL} requests at once: about ${rounded(read.perSecond)} requests a second that read their session, or ` +
        `${rounded(write.perSecond)} that change it.`,
      `A session adds ${inMs(read.median)} to a usual request that reads, and ${inMs(read.p99)} or more to one in a hundred; ` +
        `where it is changed, ${inMs(write.median)} and ${inMs(write.p99)}.`,
    );
  }
  if (list !== undefined) sentences.push(`A page of a user's devices waits ${inMs(list.median)} for the list.`);
  const busiest = Math.max(...results.map(({ busy }) => busy));
  sentences.push(
    busiest > AT_ITS_LIMIT
      ? "Only one process asked, and its processor was at its limit: the store itself can do more, with more processes."
      : "Only one process asked, from this machine: other machines and more processes get other numbers.",
  );
  return sentences;
}

/** Two digits say all that such a number can. */
export function rounded(number: number): string {
  return count(number < 100 ? Math.round(number) : Number(number.toPrecision(2)));
}
