import { afterAll, describe, test } from "vitest";
import { counters } from "./counters/list.ts";
import { canRun, Servers } from "./counters/servers.ts";
import { tryCounter } from "./counters/try.ts";

// Next has to be built first; the stand-in for MongoDB too, once.
describe("the counters run, count and sign out as they should", { timeout: 120_000 }, () => {
  const servers = new Servers();
  afterAll(() => servers.stop());

  for (const counter of counters) {
    test.skipIf(!canRun(counter))(counter.name, () => tryCounter(counter, servers));
  }
});
