import { afterAll, beforeAll } from "vitest";
import { type BackendName, backends } from "../lib/backends.ts";
import { type FlaskApp, startFlask } from "../lib/flask-app.ts";
import { hasPython } from "../lib/venv.ts";
import { type Place, startPlace } from "./together.ts";

/** Milliseconds: the first start fetches what Python needs. */
export const START = 300_000;

/** All servers that this machine has, for the tests of a file. */
export function usePlaces(): ReadonlyMap<BackendName, Place> {
  const places = new Map<BackendName, Place>();
  // While they run, the process of each version stays: to start one costs half a second.
  const idle: FlaskApp[] = [];
  beforeAll(async () => {
    if (!hasPython) return;
    const names = (Object.keys(backends) as BackendName[]).filter((name) => backends[name].available);
    await Promise.all(names.map(async (name) => places.set(name, await startPlace(name))));
    for (const version of ["0.8", "0.5"] as const) idle.push(await startFlask({ version, config: {} }));
  }, START);
  afterAll(async () => {
    for (const app of idle) await app.stop();
    await Promise.all([...places.values()].map((place) => place.stop()));
  }, START);
  return places;
}
