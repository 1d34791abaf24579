import type { Session, SessionManager } from "../../../src/index.ts";
import { CookieJar } from "../../../src/testing/index.ts";

/** Session data as these tests use them, without declaring keys for all tests of the repository. */
export interface Data {
  a?: unknown;
  b?: unknown;
  c?: unknown;
  n?: number;
  [key: string]: unknown;
}

type Headers = [name: string, value: string][];

const ORIGIN = "https://shop.test/";

export function dataOf(session: Session): Data {
  return session.data as Data;
}

export function setCookies(headers: Headers): string[] {
  return headers.filter(([name]) => name === "Set-Cookie").map(([, value]) => value);
}

/** One browser: a cookie jar, and requests that carry it. */
export class Visitor {
  readonly manager: SessionManager;
  readonly jar: CookieJar;

  constructor(manager: SessionManager, jar: CookieJar = new CookieJar()) {
    this.manager = manager;
    this.jar = jar;
  }

  /** The Cookie header of the next request. */
  get cookie(): string | undefined {
    return this.jar.header(ORIGIN);
  }

  open(): Promise<Session> {
    return this.manager.open(this.cookie);
  }

  /** Ends a request: commits, and takes in the answer's cookies. */
  async commit(session: Session): Promise<Headers> {
    const headers = await this.manager.commit(session);
    this.receive(headers);
    return headers;
  }

  receive(headers: Headers): void {
    this.jar.receive(setCookies(headers), ORIGIN);
  }

  /** One whole request. */
  async visit(act: (session: Session, data: Data) => unknown): Promise<Headers> {
    const session = await this.open();
    await act(session, dataOf(session));
    return this.commit(session);
  }

  /** What a request of this moment finds. */
  async look(): Promise<{ data: Data; subject: string | undefined; isNew: boolean; id: string | undefined }> {
    const session = await this.open();
    return { data: dataOf(session), subject: session.subject, isNew: session.isNew, id: session.id };
  }

  /** Another browser with the same cookies, against `manager`: a copied cookie, another process. */
  fork(manager: SessionManager = this.manager): Visitor {
    return new Visitor(manager, this.jar.clone());
  }
}

/** What a request does that writes one key. */
export function write(key: string, value: unknown): (session: Session, data: Data) => void {
  return (_session, data) => {
    data[key] = value;
  };
}
