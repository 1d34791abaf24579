import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "../../store.ts";
import { within } from "../../stores/lib/within.ts";

/** Milliseconds before each further try: a server that is restarted takes some seconds. */
const PAUSES = [200, 1000, 5000];
const LONGEST_CALL = 10_000;

/**
 * Calls until it answers. What it does must be harmless when it is done twice. One session that the store refuses again and
 * again, while it answers otherwise, is a `Refusal`; any other fault ends it all.
 */
export async function persistently<T>(
  store: Store,
  id: string,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T> {
  for (const pause of PAUSES) {
    try {
      return await timed(call());
    } catch (error) {
      if (signal.aborted) throw error;
      // It answers: so it is this session that it doesn't take.
      const answers = await timed(store.read(id)).then(
        () => true,
        () => false,
      );
      if (answers && pause !== PAUSES[0]) throw new Refusal(error);
      await sleep(answers ? 0 : pause, undefined, { signal }).catch(() => {});
    }
  }
  return timed(call());
}

/** A session that the target doesn't take: too large, say. */
export class Refusal extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : "refused by the target", { cause });
  }
}

function timed<T>(work: Promise<T>): Promise<T> {
  return within(LONGEST_CALL, work, () => new Error(`The store didn't answer within ${LONGEST_CALL} ms.`));
}
