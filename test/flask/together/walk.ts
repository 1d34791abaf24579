import { toJs } from "../../../src/flask/python/to-js.ts";
import type { PyDict, PyValue } from "../../../src/flask/python/values.ts";
import type { FlaskConfig, Step } from "../lib/flask-app.ts";
import type { Combination } from "./combinations.ts";
import type { Together } from "./together.ts";

/** Two applications of one configuration, and the means to start others of nearly the same. */
export interface Walk {
  combination: Combination;
  together(): Together;
  start(config: FlaskConfig): Promise<Together>;
}

export function set(values: PyDict): Step[] {
  return Object.entries(values).map(([key, value]) => ({ op: "set", path: [key], value }));
}

export function get(...keys: string[]): Step[] {
  return keys.map((key) => ({ op: "get", path: [key] }));
}

/** As an application on our side sees them. */
export function inJs(values: PyValue[]): unknown[] {
  return values.map(toJs);
}
