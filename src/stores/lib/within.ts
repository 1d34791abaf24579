/** Waits for `work`, `milliseconds` at most; then rejects with what `otherwise` makes. */
export async function within<T>(milliseconds: number, work: Promise<T>, otherwise: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(otherwise()), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
