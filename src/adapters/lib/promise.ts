/** Whether a step of the engine needs I/O, or has answered at once. */
export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return value instanceof Promise;
}
