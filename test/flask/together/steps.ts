import { toJs } from "../../../src/flask/python/to-js.ts";
import type { PyValue } from "../../../src/flask/python/values.ts";
import { getSession, session } from "../../../src/index.ts";
import type { Step } from "../lib/flask-app.ts";

/** Does to our session what `test/flask/python/steps.py` does to Flask's, as far as that is public on both sides. */
export function carryOut(step: Step): unknown {
  switch (step.op) {
    case "get":
      return walk(step.path);
    case "set":
      return put(walk(step.path.slice(0, -1)), last(step.path), toJs(step.value));
    case "delete":
      return remove(walk(step.path.slice(0, -1)), last(step.path));
    case "append":
      return void (walk(step.path) as unknown[]).push(toJs(step.value));
    case "has":
      return String(step.key) in session;
    case "keys":
      return Object.keys(session);
    case "pop":
      return pop(String(step.key), step.default);
    case "setdefault":
      data()[String(step.key)] ??= toJs(step.value);
      return data()[String(step.key)];
    case "update":
      return void Object.assign(session, toJs(step.value));
    case "clear":
      return getSession().clear();
    case "permanent":
      getSession().permanent = step.value;
      return undefined;
    case "flash":
      return getSession().flash(toJs(step.message), step.category);
    case "flashes":
      return flashes(step.filter);
    case "login":
      return getSession().login(String(step.id));
    case "logout":
      return getSession().logout();
    case "regenerate":
      return getSession().regenerate();
    case "whoami":
      return whoami();
    default:
      throw new Error(`Our side has no step "${step.op}".`);
  }
}

function data(): Record<string, unknown> {
  return session as Record<string, unknown>;
}

type Key = string | number;

function walk(path: PyValue[]): unknown {
  return path.reduce(
    (place: unknown, key) =>
      place instanceof Map ? place.get(key) : (place as Record<Key, unknown> | undefined)?.[key as Key],
    data(),
  );
}

function put(place: unknown, key: PyValue, value: unknown): void {
  if (place instanceof Map) place.set(key, value);
  else (place as Record<Key, unknown>)[key as Key] = value;
}

function remove(place: unknown, key: PyValue): void {
  if (Array.isArray(place)) place.splice(key as number, 1);
  else if (place instanceof Map) place.delete(key);
  else Reflect.deleteProperty(place as object, key as Key);
}

function pop(key: string, otherwise: PyValue = null): unknown {
  const value = key in session ? data()[key] : toJs(otherwise);
  delete data()[key];
  return value;
}

function last(path: PyValue[]): PyValue {
  return path.at(-1) as PyValue;
}

/** As `get_flashed_messages(with_categories=True)` gives them. */
function flashes(filter: string[] = []): unknown[] {
  const { length } = filter;
  const found =
    length === 0 ? getSession().flashes() : filter.flatMap((category) => getSession().flashes({ category }));
  return found.map(({ category, message }) => [category, message]);
}

function whoami(): unknown {
  const { subject } = getSession();
  const isKnown = subject !== undefined;
  return { id: subject ?? null, authenticated: isKnown, fresh: isKnown && data()["_fresh"] === true };
}
