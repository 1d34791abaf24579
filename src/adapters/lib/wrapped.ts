/** Checks what `sessions(options)` is to wrap: served in its place, it would leave every request without an answer. */
export function assertHandler(handler: unknown, use: string): void {
  if (typeof handler !== "function") throw new TypeError(`sessions: wraps a handler, ${use}`);
}
