import { createSessionManager, type SessionManager, type Store } from "dewar";
import { sample } from "../apps/sample.ts";
import { sessionsOfUser, userOf } from "../growth/filled.ts";

const inFlight = 64;
const userAgents = [
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
];

/** A manager of `count` sessions of signed-in users, who are so many. */
export async function fill(
  store: Store,
  count: number,
  progress: (done: number) => void,
): Promise<{ manager: SessionManager; users: number }> {
  const manager = createSessionManager({ store, device: true, storeTimeout: "60s" });
  let next = 0;
  const visitor = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      const session = await manager.open(null, {
        address: `192.0.2.${index % 256}`,
        userAgent: userAgents[index % userAgents.length],
      });
      Object.assign(session.data, sample());
      session.login(userOf(index));
      await manager.commit(session);
      if (index % 10_000 === 0) progress(index);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, visitor));
  return { manager, users: Math.floor(count / sessionsOfUser) };
}
