import { createHash, timingSafeEqual } from "node:crypto";
import { randomToken } from "../../core/crypto.ts";

const COOKIE = "dewar-operator";
/** Milliseconds until a link that nobody opened is dead: it stands in a terminal, and perhaps in its history. */
const PATIENCE = 10 * 60_000;
const HEADERS = { "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff" };

/**
 * Lets in the one browser that opens the link first. The link is exchanged for a cookie, and then dead. Browsers send cookies
 * to every port of a host, so this one holds below a path that nobody else can know.
 */
export class Gate {
  readonly #link: string = randomToken(32);
  readonly #key: string = randomToken(32);
  readonly #path: string = `/${randomToken(16)}/`;
  readonly #host: string;
  readonly #madeAt = Date.now();
  #isOpen = true;

  /** `host` is what the header Host has to say: so no other name that leads here is served (DNS rebinding). */
  constructor(host: string) {
    this.#host = host;
  }

  get link(): string {
    return `http://${this.#host}/${this.#link}`;
  }

  /** For `admin`: `true` for the one browser, else what it is answered. */
  readonly authorize = (request: Request): true | Response => {
    if (request.headers.get("host") !== this.#host) return answer(421, "This isn't the address of this page.");
    const { pathname } = new URL(request.url);
    if (pathname === this.#path) {
      const isKnown = keysIn(request.headers.get("cookie") ?? "").some((key) => isSame(key, this.#key));
      return isKnown || answer(403, "This browser didn't open the link.");
    }
    // What looks at a link without opening it uses HEAD.
    if (request.method !== "GET" || !isSame(pathname, `/${this.#link}`)) return answer(404, "There is nothing here.");
    if (!this.#isOpen || Date.now() - this.#madeAt > PATIENCE) {
      return answer(
        403,
        "This link has been used, or is too old. If it wasn't you, end the command; start it again for a new link.",
      );
    }
    this.#isOpen = false;
    const cookie = `${COOKIE}=${this.#key}; Path=${this.#path}; HttpOnly; SameSite=Strict`;
    return new Response(null, { status: 303, headers: { ...HEADERS, Location: this.#path, "Set-Cookie": cookie } });
  };
}

function answer(status: number, text: string): Response {
  return new Response(`${text}\n`, { status, headers: { ...HEADERS, "Content-Type": "text/plain; charset=utf-8" } });
}

function keysIn(cookies: string): string[] {
  return cookies
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${COOKIE}=`))
    .map((pair) => pair.slice(COOKIE.length + 1));
}

/** In a time that tells nothing of where they differ, nor of their lengths. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash("sha256").update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
