import type { PyValue } from "../../../src/flask/python/values.ts";
import { startPython } from "./python.ts";
import { fromTyped, type Typed, toTyped } from "./typed.ts";

/** How Flask-Session 0.8, Flask's own cookie and Python write a session. */
export type PythonFormat = "msgpack" | "json" | "pickle0" | "pickle4" | "pickle5" | "cookie";

/** For the format `cookie`. */
export interface CookieTerms {
  secret: string;
  /** Unix seconds. */
  now: number;
  fallbacks?: string[];
  /** Seconds. */
  maxAge?: number;
}

/** Python raised an exception: the name of its class. */
export class Refusal {
  readonly error: string;

  constructor(error: string) {
    this.error = error;
  }
}

/** A Python that is asked what it makes of values and bytes: many at once, for each question is a round trip. */
export interface Oracle {
  encode(format: PythonFormat, values: PyValue[], terms?: CookieTerms): Promise<(Uint8Array | Refusal)[]>;
  /** `session` is Flask-Session's whole way of reading: msgpack, then JSON, then pickle. */
  decode(format: PythonFormat | "session", all: Uint8Array[], terms?: CookieTerms): Promise<(PyValue | Refusal)[]>;
  /** Whether each pair is equal in Python, with all its types. */
  same(pairs: [PyValue, PyValue][]): Promise<boolean[]>;
  /** Nanoseconds that a request of Flask's takes to write a value, and to read it, each the mean of so many times. */
  measure(
    format: PythonFormat,
    value: PyValue,
    times: number,
    terms?: CookieTerms,
  ): Promise<{ encode: number; decode: number }>;
  stop(): Promise<void>;
}

type Answer = { hex: string } | { value: Typed } | { error: string };

export async function startOracle(): Promise<Oracle> {
  const python = await startPython("0.8", "oracle");
  const ask = async (questions: Typed[]) => (await python.ask(questions)) as Answer[];
  const encoding = (format: PythonFormat, value: PyValue, terms?: CookieTerms): Typed => ({
    do: "encode",
    format,
    value: toTyped(value),
    ...settings(terms),
  });
  const decoding = (format: string, bytes: Uint8Array, terms?: CookieTerms): Typed => ({
    do: "decode",
    format,
    hex: Buffer.from(bytes).toString("hex"),
    ...settings(terms),
  });
  return {
    encode: async (format, values, terms) =>
      (await ask(values.map((value) => encoding(format, value, terms)))).map((answer) =>
        "hex" in answer ? new Uint8Array(Buffer.from(answer.hex, "hex")) : refusalIn(answer),
      ),
    decode: async (format, all, terms) =>
      (await ask(all.map((bytes) => decoding(format, bytes, terms)))).map((answer) =>
        "value" in answer ? fromTyped(answer.value) : refusalIn(answer),
      ),
    same: async (pairs) =>
      (await ask(pairs.map((values) => ({ do: "same", values: values.map(toTyped) })))).map(
        (answer) => valueIn(answer) === true,
      ),
    measure: async (format, value, times, terms) => {
      const write = encoding(format, value, terms);
      const [written] = await ask([write]);
      if (!written || !("hex" in written)) throw new Error(`Python can't write that: ${JSON.stringify(written)}`);
      const read = { do: "decode", format, hex: written.hex, ...settings(terms) };
      const answers = await ask([write, read].map((of) => ({ do: "measure", times, of })));
      const [encode = Number.NaN, decode = Number.NaN] = answers.map((answer) => Number(valueIn(answer)));
      return { encode, decode };
    },
    stop: () => python.stop(),
  };
}

function settings(terms: CookieTerms | undefined): { [key: string]: Typed } {
  if (!terms) return {};
  const { secret, now, fallbacks = [], maxAge = null } = terms;
  return { secret, now, fallbacks, max_age: maxAge };
}

function valueIn(answer: Answer): PyValue {
  if (!("value" in answer)) throw new Error(`Python failed: ${JSON.stringify(answer)}`);
  return fromTyped(answer.value);
}

function refusalIn(answer: Answer): Refusal {
  if (!("error" in answer)) throw new Error(`Python answered what was not asked: ${JSON.stringify(answer)}`);
  return new Refusal(answer.error);
}
