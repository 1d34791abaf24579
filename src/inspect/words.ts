const numbers = new Intl.NumberFormat("en");

/** `1,234,567`. */
export function count(number: number): string {
  return numbers.format(number);
}

/** `1 session`, `2 sessions`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** `312 B`, `4.1 KiB`. */
export function bytes(number: number): string {
  if (number < 1024) return `${Math.round(number)} B`;
  if (number < 1024 ** 2) return `${(number / 1024).toFixed(1)} KiB`;
  return `${(number / 1024 ** 2).toFixed(1)} MiB`;
}
