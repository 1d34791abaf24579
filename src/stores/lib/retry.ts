import { setTimeout as sleep } from "node:timers/promises";

const FIRST_DELAY = 1;
const LONGEST_DELAY = 50;

/**
 * Runs `attempt` again, with pauses that grow and vary, as long as `isBusy` says of its error that waiting helps; after
 * `patience` milliseconds it throws that error.
 */
export async function retryWhileBusy<T>(
  attempt: () => T | Promise<T>,
  isBusy: (error: unknown) => boolean,
  patience: number,
): Promise<T> {
  const start = performance.now();
  for (let delay = FIRST_DELAY; ; delay = Math.min(2 * delay, LONGEST_DELAY)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBusy(error) || performance.now() - start >= patience) throw error;
    }
    await sleep(delay * (0.5 + Math.random()));
  }
}
