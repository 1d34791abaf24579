import { expect, it } from "vitest";
import { places } from "../../scripts/services/places.ts";
import { finished, said, start } from "./lib/dewar.ts";
import { visit } from "./lib/visits.ts";

it.skipIf(!places.redis.available)(
  "a store that goes away and comes back doesn't end a watch",
  { timeout: 60_000 },
  async () => {
    const { url, service, stop } = await places.redis.start();
    try {
      const [kept = ""] = await visit(url, [{ user: "ada" }]);
      const child = start(["watch", "--interval", "1", "--store", url]);
      const end = finished(child);
      await said(child.stderr, /Watching 1 session /);
      const failed = said(child.stderr, /trying again/);
      await service?.kill();
      expect(await failed).toMatch(/^dewar: .*\(ERR_STORE\); trying again\n$/);
      const back = said(child.stderr, /answers again/);
      await service?.restart();
      await back;
      child.kill("SIGINT");
      const { code, out } = await end;
      expect(code).toBe(130);
      // What couldn't be seen hasn't ended.
      expect(out).not.toContain(kept);
    } finally {
      await stop();
    }
  },
);
