import { EventEmitter, once } from "node:events";
import { type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { afterAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { SessionManager } from "../../src/index.ts";
import { type Client, createClient } from "../../src/testing/index.ts";
import { runBlock } from "./lib/guides.ts";

/*
 * The code of the guide to websockets, over real upgrades. A line stands for a frame: it is about sessions, not frames.
 */

class LineSocket extends EventEmitter {
  readonly #socket: Duplex;

  constructor(socket: Duplex) {
    super();
    this.#socket = socket;
    socket.on("data", (line: Buffer) => this.emit("message", line));
    socket.on("close", () => this.emit("close"));
  }
  send(text: string): void {
    this.#socket.write(text);
  }
  close(code: number, reason: string): void {
    this.#socket.end(`closed: ${code} ${reason}`);
  }
}

class WebSocketServer {
  handleUpgrade(_request: IncomingMessage, socket: Duplex, _head: Buffer, done: (socket: LineSocket) => void): void {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    done(new LineSocket(socket));
  }
}

describe("Websockets", async () => {
  const { server, manager } = await runBlock<{ server: Server; manager: SessionManager }>(
    "websockets",
    "export const server",
    { WebSocketServer },
  );
  await once(server.listen(0, "127.0.0.1"), "listening");
  afterAll(() => server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function signedIn(user: string): Promise<Client> {
    const made = await manager.open(null);
    made.login(user);
    const browser = createClient(origin);
    for (const [name, value] of await manager.commit(made))
      if (name === "Set-Cookie") browser.jar.receive([value], origin);
    return browser;
  }

  /** The socket of a page of `from`, or the status that refuses it. */
  async function connect(browser: Client, from = origin): Promise<{ status: number; socket: Duplex | undefined }> {
    const headers = { connection: "Upgrade", upgrade: "websocket", origin: from, cookie: browser.cookieHeader() ?? "" };
    const sent = request(origin, { headers }).end();
    const [response, socket] = (await Promise.race([once(sent, "upgrade"), once(sent, "response")])) as [
      IncomingMessage,
      Duplex | undefined,
    ];
    onTestFinished(() => void socket?.destroy());
    return { status: response.statusCode ?? 0, socket };
  }

  async function opened(browser: Client): Promise<Duplex> {
    const { socket } = await connect(browser);
    if (socket === undefined) throw new Error("refused");
    return socket;
  }

  async function said(socket: Duplex): Promise<string> {
    const [data] = (await once(socket, "data")) as [Buffer];
    return data.toString();
  }

  it("finds the session, and stores what a message changes", async () => {
    const browser = await signedIn("ann");
    const [one, other] = [await opened(browser), await opened(browser)];
    one.write("a poem");
    expect(await said(one)).toBe("ann has 1 drafts");
    other.write("another");
    expect(await said(other)).toBe("ann has 2 drafts");
    for await (const { data } of manager.list({ subject: "ann" }))
      expect(data).toEqual({ drafts: ["a poem", "another"] });
  });

  it("refuses who isn't signed in, and pages from elsewhere", async () => {
    expect((await connect(createClient(origin))).status).toBe(401);
    const browser = await signedIn("ann");
    for (const from of ["https://evil.example", "null", "", `${origin}.evil.example`]) {
      expect((await connect(browser, from)).status).toBe(401);
    }
  });

  it("closes with the logout, and with a revocation", async () => {
    const browser = await signedIn("bob");
    const socket = await opened(browser);
    await browser.fetch("/logout", { method: "POST" });
    expect(await said(socket)).toBe("closed: 1008 signed out");
    const second = await opened(await signedIn("bob"));
    await manager.revokeAll("bob");
    expect(await said(second)).toBe("closed: 1008 signed out");
  });

  it("notices at a message, and in time, what ended elsewhere", async () => {
    vi.useFakeTimers({ toFake: ["setInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const silent = await opened(await signedIn("eve"));
    const busy = await opened(await signedIn("eve"));
    // Expired, which is no event.
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 8 * 86_400_000);
    onTestFinished(() => clock.mockRestore());
    busy.write("a poem");
    expect(await said(busy)).toBe("closed: 1008 signed out");
    vi.advanceTimersByTime(30_000);
    expect(await said(silent)).toBe("closed: 1008 signed out");
  });
});
