import type { Session, SessionManager } from "../../../src/index.ts";

export type Data = Record<string, unknown> & { n?: number };

/** Someone with a browser, who keeps the cookie that he is given. */
export class Visitor {
  manager: SessionManager;
  #cookie: string | undefined;

  constructor(manager: SessionManager) {
    this.manager = manager;
  }

  /** One request: rejects as its handler or its commit does. */
  async request<T>(handle: (session: Session) => T | Promise<T>): Promise<T> {
    const session = await this.manager.open(this.#cookie);
    const answer = await handle(session);
    for (const [name, value] of await this.manager.commit(session)) {
      if (name === "Set-Cookie") this.#cookie = value.split(";")[0];
    }
    return answer;
  }

  /** Counts in one step. */
  count(): Promise<void> {
    return this.request((session) =>
      session.update((data) => {
        const counter = data as Data;
        counter.n = (counter.n ?? 0) + 1;
      }),
    );
  }

  /** Sets a key by plain assignment. */
  set(key: string): Promise<void> {
    return this.request(({ data }) => {
      (data as Data)[key] = true;
    });
  }

  data(): Promise<Data> {
    return this.request(({ data }) => ({ ...data }));
  }
}
