/** Nanoseconds since `epoch`, by a clock that never goes back and that all processes of a machine share. */
export function clockSince(epoch: bigint): () => number {
  return () => Number(process.hrtime.bigint() - epoch);
}
