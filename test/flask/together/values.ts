import {
  DateTime,
  Float,
  FrozenSet,
  Markup,
  type PyDict,
  type PyValue,
  Text,
  Tuple,
  Uuid,
} from "../../../src/flask/python/values.ts";
import type { Combination } from "./combinations.ts";

const LEAP_DAY = Date.UTC(2024, 1, 29, 12, 34, 56) / 1000;

/** Values whose types JavaScript doesn't have, as Flask sets them. */
export function pythonValues(format: Combination["format"]): PyDict {
  const values: PyDict = {
    tuple: Tuple.from(["a", new Float(2), Tuple.from([1])]),
    bytes: Uint8Array.of(0, 255, 128),
    uuid: new Uuid("0b0e3f6c-2c43-4a7e-9d11-5a3f6f0c7a51"),
    naive: new DateTime(LEAP_DAY, 123_456_000, undefined),
    aware: new DateTime(LEAP_DAY, 123_456_000, 0),
    abroad: new DateTime(LEAP_DAY, 0, 7200),
    decimal: new Text("decimal", "1.50"),
    date: new Text("date", "2024-02-29"),
    large: 2n ** 60n,
    whole: new Float(1),
    zero: new Float(-0),
    fraction: 0.1,
    keyed: new Map<PyValue, PyValue>([
      [1, "one"],
      [2, new Float(2)],
    ]),
    text: 'é 😀 "\\ \u2028',
    nothing: null,
    yes: true,
    nested: { list: [new Float(1), "old", { deep: Tuple.from([1, new Float(3)]) }], other: new Float(4) },
  };
  // msgspec knows neither, and Flask's cookie knows no sets.
  if (format === "pickle" || format === "cookie") values["markup"] = new Markup("<b>bold</b>");
  if (format === "pickle")
    Object.assign(values, { set: new Set<PyValue>([1, "a"]), frozen: new FrozenSet([new Float(1)]) });
  return values;
}

/** Values that both sides can set, for a JavaScript value tells their Python type. */
export function sharedValues(format: Combination["format"]): PyDict {
  const values: PyDict = {
    text: "é",
    int: 42,
    large: -(2n ** 62n),
    float: 1.5,
    huge: new Float(1e300),
    list: [1, [2], { three: 3 }],
    tuple: Tuple.from([1, Tuple.from(["two"])]),
    bytes: Uint8Array.of(1, 2, 3),
    uuid: new Uuid("0b0e3f6c-2c43-4a7e-9d11-5a3f6f0c7a51"),
    moment: new DateTime(LEAP_DAY, 789_000_000, 0),
    nothing: null,
    no: false,
    keyed: new Map([[7, "seven"]]),
  };
  if (format === "pickle" || format === "cookie") values["markup"] = new Markup("<i>leaning</i>");
  if (format === "pickle") values["set"] = new Set([1, "a"]);
  return values;
}
