import { type Step, stepAsJson } from "../lib/flask-app.ts";
import { fromTyped, type Typed } from "../lib/typed.ts";
import type { Ended, Visit } from "./history.ts";
import type { ActName, Answer, Order } from "./our-app.ts";

export type Urls = Record<Visit["by"], string>;

interface Reply {
  body: unknown;
  /** What a Set-Cookie brought. */
  token: string | undefined;
  span: Pick<Visit, "by" | "start" | "end" | "status">;
}

/** Keeps the cookie that it was given, whatever the answers set, and notes what came of each request. */
export class Browser {
  readonly visits: Visit[] = [];
  readonly #urls: Urls;
  #token: string | undefined;

  constructor(urls: Urls, token?: string) {
    this.#urls = urls;
    this.#token = token;
  }

  /** Begins the session by a login of the user. */
  async begin(by: Visit["by"], user: string, number: number): Promise<void> {
    const serial = `${user}:${number}`;
    const steps: Step[] = [
      { op: "update", value: { owner: user, serial } },
      { op: "login", id: user },
    ];
    const reply =
      by === "ours"
        ? await this.#post(by, "/begin", { user, number })
        : await this.#post(by, "/run", steps.map(stepAsJson));
    this.visits.push({ ...reply.span, written: { serial } });
    this.#token = reply.token;
  }

  /** Returns the token that the answer set. */
  async ours(act: ActName, order: Order, ends = false): Promise<string | undefined> {
    const { body, token, span } = await this.#post("ours", `/${act}`, order);
    const { found, serial, parent, value } = body as Answer;
    const visit: Visit = { ...span };
    if (found !== undefined) visit.found = found;
    if (serial !== undefined && parent !== undefined) visit.written = { serial, parent };
    if (order.key !== undefined && value !== undefined) visit.kept = { key: order.key, value };
    if (ends && found?.subject !== undefined) visit.ended = { what: "session", subject: found.subject };
    this.visits.push(visit);
    return token;
  }

  /** Each request of Flask's reads the serial and who is logged in; `serial`: what the steps leave in its place. */
  async flask(serial: string | undefined, steps: Step[], ends?: Ended["what"]): Promise<void> {
    const all: Step[] = [{ op: "pop", key: "serial" }, { op: "whoami" }, ...steps];
    const { body, span } = await this.#post("flask", "/run", all.map(stepAsJson));
    const visit: Visit = { ...span };
    this.visits.push(visit);
    if (span.status !== 200) {
      if (serial !== undefined) visit.written = { serial };
      return;
    }
    const { results, session } = body as { results: [parent: Typed, who: { id: Typed }]; session: Typed };
    const [parent, { id }] = results;
    // There was no session: what Flask made is another one, under another token.
    if (typeof parent !== "string") return;
    const data = fromTyped(session) as Record<string, unknown>;
    const subject = data["_user_id"];
    visit.left = { subject: typeof subject === "string" ? subject : undefined, data };
    if (serial !== undefined) visit.written = { serial, parent };
    if (ends !== undefined && typeof id === "string") visit.ended = { what: ends, subject: id };
  }

  async #post(by: Visit["by"], path: string, order: unknown): Promise<Reply> {
    const start = performance.now();
    const response = await fetch(this.#urls[by] + path, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "user-agent": "storm",
        ...(this.#token !== undefined && { cookie: `session=${this.#token}` }),
      },
      body: JSON.stringify(order),
    });
    const text = await response.text();
    const { status } = response;
    const span = { by, start, end: performance.now(), status };
    const [token] = response.headers.getSetCookie().flatMap((line) => /^session=([^;]+)/.exec(line)?.[1] ?? []);
    return { body: status === 500 ? {} : JSON.parse(text), token, span };
  }
}
