import { afterAll, beforeAll, describe, vi } from "vitest";
import { backends } from "../lib/backends.ts";
import type { FlaskConfig } from "../lib/flask-app.ts";
import { combinations } from "./combinations.ts";
import { START, usePlaces } from "./places.ts";
import { type Place, startTogether, type Together } from "./together.ts";
import { walkAnswers } from "./walk-answers.ts";
import { walkEnds } from "./walk-ends.ts";
import { walkFlashes } from "./walk-flashes.ts";
import { walkIds } from "./walk-ids.ts";
import { walkKeys } from "./walk-keys.ts";
import { walkLogins } from "./walk-logins.ts";
import { walkPermanent } from "./walk-permanent.ts";
import { walkValues } from "./walk-values.ts";

// One browser goes from Flask to our application and back, in every configuration that both can have.

// Those that wait for a lifetime's end wait together.
vi.setConfig({ maxConcurrency: 100 });

const places = usePlaces();

for (const combination of combinations) {
  describe.skipIf(!backends[combination.backend].available)(combination.title, () => {
    const start = (config: FlaskConfig = {}): Promise<Together> => {
      const place = places.get(combination.backend) as Place;
      return startTogether(place, { ...combination, config: { ...combination.config, ...config } });
    };
    let both: Together;
    beforeAll(async () => {
      both = await start();
    }, START);
    afterAll(() => both?.stop());

    const walk = { combination, start, together: () => both };
    walkValues(walk);
    walkFlashes(walk);
    walkLogins(walk);
    walkPermanent(walk);
    walkAnswers(walk);
    walkIds(walk);
    walkKeys(walk);
  });
}

describe.concurrent("a lifetime's end", () => {
  for (const combination of combinations) {
    const isAvailable = backends[combination.backend].available;
    walkEnds(combination, isAvailable, () => places.get(combination.backend) as Place);
  }
});
