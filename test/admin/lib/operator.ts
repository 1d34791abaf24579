import { type AdminOptions, type AdminPage, admin } from "../../../src/admin/index.ts";
import { createSessionManager, type SessionManager, type SessionOptions, type Store } from "../../../src/index.ts";
import { memoryStore } from "../../../src/stores/memory.ts";

const BASE = "https://shop.example.com/admin/sessions";

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** What is read between the tags. */
  words: string;
}

/** An operator's browser, without a browser: keeps the cookie, fills in the forms, follows what it is sent to. */
export class Operator {
  readonly #page: AdminPage;
  readonly cookies: Map<string, string> = new Map();

  constructor(page: AdminPage) {
    this.#page = page;
  }

  async get(address: string, init: RequestInit = {}): Promise<Answer> {
    return this.#send(address, { headers: this.#headers(), ...init });
  }

  /** Sends a form: by default as a browser does that shows our own page. */
  async post(address: string, token: string, headers: Record<string, string> = FROM_HERE): Promise<Answer> {
    const init = { method: "POST", headers: { ...this.#headers(), ...headers }, body: `token=${token}\r\n` };
    return this.#send(address, init);
  }

  /** Opens a page with a form, and sends that. */
  async submit(address: string): Promise<Answer> {
    const { text } = await this.get(address);
    const form =
      /<form method="post"[^>]* action="([^"]*)"[^>]*>\s*<input type="hidden" name="token" value="([^"]*)">/.exec(text);
    if (form === null) throw new Error(`No form at ${address}`);
    return this.post(plainly(form[1] ?? ""), form[2] ?? "");
  }

  async #send(address: string, init: RequestInit): Promise<Answer> {
    const response = await this.#page(new Request(new URL(address, BASE), init));
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.cookies.set(name ?? "", value ?? "");
    }
    const { status, headers } = response;
    const text = await response.text();
    return { status, headers, text, words: wordsIn(text) };
  }

  #headers(): Record<string, string> {
    return { Cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
  }
}

export const FROM_HERE: Record<string, string> = { "Sec-Fetch-Site": "same-origin", "Content-Type": "text/plain" };

/** The page over a store in memory, seen by somebody who may. */
export function open(options: Partial<AdminOptions> & { session?: Partial<SessionOptions> } = {}): {
  operator: Operator;
  page: AdminPage;
  manager: SessionManager;
  store: Store;
} {
  const { session, ...others } = options;
  const store = session?.store ?? memoryStore();
  const manager = others.manager ?? createSessionManager({ store, ...session });
  const page = admin({ manager, authorize: () => true, ...others });
  return { operator: new Operator(page), page, manager, store };
}

function wordsIn(text: string): string {
  return plainly(text.replace(/<(style|title)>.*?<\/\1>/gs, "").replace(/<[^>]*>/g, " ")).replace(/\s+/g, " ");
}

function plainly(text: string): string {
  const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"' };
  return text.replace(/&(#39|\w+);/g, (_, name: string) => named[name] ?? "'");
}
