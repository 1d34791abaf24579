import { request } from "node:http";
import { CookieJar } from "./jar.ts";

/** What a `Client` is made with. */
export interface ClientOptions {
  /** The cookies to begin with; none by default. */
  jar?: CookieJar;
  /** How requests travel; the global `fetch` by default. */
  fetch?: (url: URL, init: RequestInit) => Promise<Response>;
}

/** The answer to a `raw` request. */
export interface RawResponse {
  status: number;
  headers: Headers;
  body: string;
}

/**
 * A browser, as far as tests of a server need one: it fetches and keeps cookies. Redirects aren't followed unless
 * `redirect: "follow"` is asked for. Make one with `createClient`.
 */
export class Client {
  /** What the browser keeps. */
  readonly jar: CookieJar;
  readonly #origin: string | URL;
  readonly #fetch: (url: URL, init: RequestInit) => Promise<Response>;
  #setCookies: readonly string[] = [];

  constructor(origin: string | URL, { jar = new CookieJar(), fetch = globalThis.fetch }: ClientOptions = {}) {
    this.jar = jar;
    this.#origin = origin;
    this.#fetch = fetch;
  }

  /** The Set-Cookie lines of the last response, as the server wrote them. */
  get setCookies(): readonly string[] {
    return this.#setCookies;
  }

  /** The Cookie header that the next request to `path` will carry. */
  cookieHeader(path = "/"): string | undefined {
    return this.jar.header(this.#url(path));
  }

  /** Fetches `path` with the jar's cookies; a `cookie` header in `init` goes out in their place. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const url = this.#url(path);
    const headers = new Headers(init.headers);
    const cookies = this.jar.header(url);
    if (cookies !== undefined && !headers.has("cookie")) headers.set("cookie", cookies);
    const response = await this.#fetch(url, { redirect: "manual", ...init, headers });
    this.#setCookies = response.headers.getSetCookie();
    this.jar.receive(this.#setCookies, url);
    return response;
  }

  /** Fetches `path` and reads the whole body. Throws for a status of 400 and above. */
  async text(path: string, init?: RequestInit): Promise<string> {
    const response = await this.fetch(path, init);
    const body = await response.text();
    if (response.status >= 400) throw new Error(`${path} answered ${response.status}: ${body.slice(0, 200)}`);
    return body;
  }

  /** Fetches `path` and parses the body as JSON. Throws for a status of 400 and above. */
  async json(path: string, init?: RequestInit): Promise<unknown> {
    return JSON.parse(await this.text(path, init));
  }

  /**
   * Sends a request over plain HTTP with exactly these header lines, in this order, without the jar: for what `fetch`
   * would mend or refuse, such as two Cookie lines.
   */
  raw(
    path: string,
    headers: readonly (readonly [name: string, value: string])[],
    method = "GET",
  ): Promise<RawResponse> {
    const url = this.#url(path);
    const lines = [["Host", url.host], ...headers].flat();
    return new Promise((resolve, reject) => {
      const sent = request(url, { method, headers: lines, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const received = new Headers();
          for (const [name, values] of Object.entries(response.headersDistinct)) {
            for (const value of values ?? []) received.append(name, value);
          }
          resolve({
            status: response.statusCode ?? 0,
            headers: received,
            body: Buffer.concat(chunks).toString(),
          });
        });
      });
      sent.on("error", reject);
      sent.end();
    });
  }

  /** Another browser with the same cookies, which goes its own way from here: a copied cookie, a second device. */
  fork(): Client {
    return new Client(this.#origin, { jar: this.jar.clone(), fetch: this.#fetch });
  }

  #url(path: string): URL {
    return new URL(path, this.#origin);
  }
}

/**
 * A cookie-keeping client for the server at `origin`.
 *
 * @example
 * ```ts
 * import { createClient } from "dewar/testing";
 *
 * const browser = createClient("http://127.0.0.1:3000");
 * await browser.fetch("/login", { method: "POST" });
 * const thief = browser.fork();
 * await browser.fetch("/logout", { method: "POST" });
 * const answer = await thief.fetch("/account"); // carries the cookie from before the logout
 * ```
 */
export function createClient(origin: string | URL, options?: ClientOptions): Client {
  return new Client(origin, options);
}
