import { setTimeout as sleep } from "node:timers/promises";
import type { StoreFault } from "../../../src/testing/index.ts";

/** Milliseconds by which a late answer is late. */
const LATE = 60;

/** What becomes of a command. */
export function suffer<T>(fault: StoreFault, command: () => Promise<T>): Promise<T> {
  return FAULTS[fault](command) as Promise<T>;
}

const FAULTS: Record<StoreFault, (command: () => Promise<unknown>) => Promise<unknown>> = {
  throws: () => Promise.reject(new Error("the connection was lost")),
  hangs: () => new Promise(() => {}),
  async late(command) {
    const answer = await command();
    await sleep(LATE);
    return answer;
  },
  garbage: async () => ({}),
};

/** `client`, with something wrong in those of its methods that send a command. */
export function faulty<Client extends object>(client: Client, isCommand: RegExp, fault: StoreFault): Client {
  return new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (!isCommand.test(String(name))) return value.bind(target);
      return (...args: unknown[]) => suffer(fault, async () => Reflect.apply(value, target, args));
    },
  });
}
