import { DateTime, Float, type PyValue, Text } from "../../../../src/flask/python/values.ts";
import vectors from "../../vectors/flask-values.json" with { type: "json" };

const LEAP_DAY = Date.UTC(2024, 1, 29, 12, 34, 56) / 1000;
const VALUES: Record<string, PyValue> = {
  None: null,
  True: true,
  False: false,
  "42": 42,
  "1.5": 1.5,
  "1.0": new Float(1),
  "float('nan')": Number.NaN,
  "float('inf')": Number.POSITIVE_INFINITY,
  "'alice'": "alice",
  "datetime.datetime(2024, 2, 29, 12, 34, 56, 789000)": new DateTime(LEAP_DAY, 789_000_000, undefined),
  "datetime.datetime(2024, 2, 29, 12, 34, 56, tzinfo=datetime.timezone.utc)": new DateTime(LEAP_DAY, 0, 0),
  "datetime.datetime(2024, 2, 29, 12, 34, 56, 789000, tzinfo=datetime.timezone.utc)": new DateTime(
    LEAP_DAY,
    789_000_000,
    0,
  ),
  "datetime.timedelta(days=1, seconds=2, microseconds=500000)": new Text("timedelta", "P1DT2.5S"),
};

/** A Python value, and how msgspec writes `{"v": value}`. */
export interface MsgspecVector {
  python: string;
  value: PyValue;
  msgpack: string;
  json: string | undefined;
}

interface Example {
  python: string;
  msgpackHex: string;
  json: string | null;
}

const { wrapper } = vectors.msgspec;
const values: { examples: Example[] }[] = vectors.msgspec.values;

export const msgspecVectors: MsgspecVector[] = values
  .flatMap(({ examples }) => examples)
  .map(({ python, msgpackHex, json }) => {
    const value = VALUES[python];
    if (value === undefined) throw new Error(`${python}: the test knows no such value`);
    return {
      python,
      value,
      msgpack: wrapper.msgpackPrefixHex + msgpackHex,
      json: json === null ? undefined : wrapper.jsonPrefix + json + wrapper.jsonSuffix,
    };
  });

/** One session in each format. */
export const exampleSession = { _permanent: true, user_id: 42, name: "alice" };
export const examplePayloads: { format: string; hex: string }[] = vectors.example.payloads;
