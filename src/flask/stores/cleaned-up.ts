import type { Store } from "../../store.ts";
import { forwarding } from "../../stores/lib/forwarding.ts";

/**
 * `store`, of which what has expired is removed once in `requests` reads, on average, as `SESSION_CLEANUP_N_REQUESTS` does it. No
 * request waits for it; a failure is a process warning, since the next attempt makes up for it.
 */
export function cleanedUp(store: Store, requests: number): Store {
  const read: Store["read"] = (id, renewal) => {
    if (Math.random() * requests < 1) {
      store.prune?.(new Date()).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : "unknown";
        process.emitWarning(`SESSION_CLEANUP_N_REQUESTS: expired sessions could not be removed: ${reason}`);
      });
    }
    return store.read(id, renewal);
  };
  return { ...forwarding(store), read };
}
