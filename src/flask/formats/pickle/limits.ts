/** The largest payload that any store holds. */
export const MOST_BYTES: number = 16 * 1024 * 1024;

/** Python itself neither prints nor reads ints of more decimal digits, unless told to … */
export const MOST_DIGITS = 4300;
/** … and ints of so many bytes have fewer. */
export const MOST_INT_BYTES = 1785;
