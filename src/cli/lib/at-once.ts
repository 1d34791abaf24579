/** Does `work` for each item, for a few of them at a time; the first failure ends it, once those under way are through. */
export async function eachAtOnce<T>(
  items: AsyncIterable<T>,
  most: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  for await (const item of items) {
    const one = work(item).catch((error: unknown) => {
      failures.push(error);
    });
    underWay.add(one);
    one.finally(() => underWay.delete(one));
    if (underWay.size >= most) await Promise.race(underWay);
    if (failures.length > 0) break;
  }
  await Promise.all(underWay);
  if (failures.length > 0) throw failures[0];
}
