/** One line that is written over; only for who watches. */
export function progress(step: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${step}`);
}
