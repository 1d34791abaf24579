import { Random } from "../../../scripts/stress/random.ts";
import { flaskSession } from "../../../src/flask/index.ts";
import type { Store } from "../../../src/index.ts";
import type { BackendName } from "../lib/backends.ts";
import { startFlask } from "../lib/flask-app.ts";
import { startPlace } from "../together/together.ts";
import { check, type Findings } from "./check.ts";
import { startOurs } from "./our-app.ts";
import { playRound } from "./round.ts";

const PATIENCE = 60_000;
/** Sessions at a time. */
const SEATS = 6;

export interface StormOptions {
  backend: BackendName;
  /** At least: it goes on, for a minute at most, until there is enough. */
  seconds: number;
  enough?: (soFar: StormResult) => boolean;
  seed: number;
  /** Puts a fault into our store. */
  through?: (store: Store) => Store;
}

export interface StormResult extends Findings {
  rounds: number;
  requests: Record<"ours" | "flask", number>;
  /** Requests that Flask answered with 500. */
  failuresOfFlask: number;
}

/** Both applications on one server, and parallel requests to both on shared sessions. */
export async function storm({
  backend,
  seconds,
  enough = () => true,
  seed,
  through = (store) => store,
}: StormOptions): Promise<StormResult> {
  const place = await startPlace(backend);
  const flask = await startFlask({ version: "0.8", config: { ...place.flask.config, SECRET_KEY: "dev" } });
  const options = flaskSession({ ...place.ours.config, SECRET_KEY: "dev" });
  const ours = await startOurs({
    storeTimeout: "10s",
    ...options,
    ...(options.store && { store: through(options.store) }),
  });
  const result: StormResult = {
    rounds: 0,
    requests: { ours: 0, flask: 0 },
    failuresOfFlask: 0,
    violations: [],
    updates: 0,
    overwritten: 0,
    setBack: 0,
    ends: 0,
    quietEnds: 0,
    undone: 0,
  };
  const urls = { ours: ours.url, flask: flask.url };
  const end = performance.now() + seconds * 1000;
  const goesOn = () => performance.now() < end || (performance.now() < end + PATIENCE && !enough(result));
  const sit = async (seat: number) => {
    for (let round = 0; goesOn(); round++) {
      const random = new Random(seed, seat, round);
      const user = seat + SEATS * round * 2;
      const played = await playRound(urls, [`user${user}`, `user${user + SEATS}`], random);
      result.rounds++;
      for (const { by, status } of played.visits) {
        result.requests[by]++;
        if (by === "flask" && status >= 500) result.failuresOfFlask++;
      }
      const { violations, ...counts } = check(played);
      result.violations.push(...violations);
      for (const [name, count] of Object.entries(counts)) result[name as keyof typeof counts] += count;
    }
  };
  try {
    await Promise.all(Array.from({ length: SEATS }, (_, seat) => sit(seat)));
  } finally {
    await ours.stop();
    await flask.stop();
    await place.stop();
  }
  return result;
}
