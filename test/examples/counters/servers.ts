import { existsSync } from "node:fs";
import { type Place, type PlaceName, places } from "../../../scripts/services/places.ts";
import type { Counter } from "./list.ts";

/** The servers that counters need, each started when the first one asks. */
export class Servers {
  readonly #started = new Map<PlaceName, Promise<Place>>();

  /** Variables that tell a counter where its servers are. */
  async environmentOf({ servers }: Counter): Promise<Record<string, string>> {
    const entries = Object.entries(servers).map(async ([variable, name]) => {
      const { url } = await this.start(name);
      // memjs takes host and port.
      return [variable, url.replace("memcached://", "")];
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  start(name: PlaceName): Promise<Place> {
    const started = this.#started.get(name) ?? places[name].start();
    this.#started.set(name, started);
    return started;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#started.values()].map(async (place) => (await place).stop()));
  }
}

/** Whether this machine has what a counter needs. With `CI=true` it must have the servers: `places` sees to that. */
export function canRun({ program, servers }: Counter): boolean {
  return existsSync(program) && Object.values(servers).every((name) => places[name].available);
}
