/** Time that other programs of the machine don't add to. Milliseconds. */

/** What `work` costs this process, however long it has to wait for a processor. */
export async function cpuTime(work: () => unknown): Promise<number> {
  const begun = process.cpuUsage();
  await work();
  return process.cpuUsage(begun).user / 1000;
}

/** How long `work` takes, but for times in which this process stood still: a clock of its own event loop's. */
export async function loopTime(work: () => unknown): Promise<number> {
  let ticks = 0;
  const clock = setInterval(() => ticks++, TICK);
  try {
    await work();
    return ticks * TICK;
  } finally {
    clearInterval(clock);
  }
}

const TICK = 5;
