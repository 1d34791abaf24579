import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../../scripts/stress/random.ts";
import { Browser, type Urls } from "./browser.ts";
import type { Round } from "./history.ts";

/** Requests of each visitor. */
const REQUESTS = 8;
/** Milliseconds that a request holds what it read, and that a visitor rests, at most. */
const LONGEST_PAUSE = 8;
/** Milliseconds after which the session is ended, at most. */
const LONGEST_LIFE = 120;

/** Makes one session and lets visitors loose on it, all at once, on both sides; midway one of them may end it. */
export async function playRound(urls: Urls, users: [string, string], random: Random): Promise<Round> {
  let number = 0;
  const next = () => ++number;
  const elsewhere: Round["elsewhere"] = [];
  const browser = new Browser(urls);
  await browser.begin(random.pick({ ours: 1, flask: 1 }), users[0], next());
  const pause = () => random.below(LONGEST_PAUSE);

  const ourVisitor = async (key: string) => {
    for (let request = 0; request < REQUESTS; request++) {
      await browser.ours(random.pick({ update: 3, keep: 3, look: 1 }), { number: next(), key, pause: pause() });
      await sleep(pause());
    }
  };
  const flaskVisitor = async (key: string) => {
    for (let request = 0; request < REQUESTS; request++) {
      const serial = `flask:${next()}`;
      await browser.flask(serial, [
        { op: "sleep", seconds: pause() / 1000 },
        { op: "update", value: { serial, [key]: serial } },
      ]);
      await sleep(pause());
    }
  };
  const ender = async () => {
    await sleep(random.below(LONGEST_LIFE));
    const serial = `flask:${next()}`;
    switch (random.pick({ none: 2, logout: 2, regenerate: 1, login: 2, clear: 2, logoutUser: 2, loginUser: 2 })) {
      case "none":
        return;
      case "logout":
        await browser.ours("logout", { number: next() }, true);
        return;
      case "regenerate":
        return look(await browser.ours("regenerate", { number: next() }, true));
      case "login":
        return look(await browser.ours("login", { number: next(), user: users[1] }, true));
      case "clear":
        return browser.flask(undefined, [{ op: "clear" }], "session");
      case "logoutUser":
        return browser.flask(serial, [{ op: "set", path: ["serial"], value: serial }, { op: "logout" }], "login");
      case "loginUser":
        return browser.flask(
          serial,
          [{ op: "clear" }, { op: "update", value: { owner: users[1], serial } }, { op: "login", id: users[1] }],
          "login",
        );
    }
  };
  const look = async (token: string | undefined) => {
    if (token === undefined) return;
    const other = new Browser(urls, token);
    await other.ours("look", { number: next() });
    elsewhere.push(...other.visits.flatMap(({ found }) => found ?? []));
  };

  await Promise.all([
    ...upTo(1 + random.below(4)).map((one) => ourVisitor(`ours${one}`)),
    ...upTo(random.below(3)).map((one) => flaskVisitor(`flask${one}`)),
    ender(),
  ]);
  await browser.ours("look", { number: next() });
  return { visits: browser.visits, elsewhere };
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
