import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { freePort } from "../../scripts/services/lib/ports.ts";

/**
 * What becomes of the traffic, from now on and on every connection:
 *
 * - `pass`: nothing happens to it.
 * - `stall`: nothing moves in either direction, new connections are accepted; `pass` delivers all of it, late.
 * - `swallow`: requests reach the server, replies are thrown away; a connection that lost one stays mute for good.
 * - `refuse`: new connections are refused, as if nothing listened.
 * - `delay`: replies come that many milliseconds later.
 * - `garbage`: each reply is replaced by these bytes.
 * - `cut`: a request that it picks reaches the server; when the answer comes, that is thrown away, and the connection reset.
 */
export type Traffic =
  | "pass"
  | "stall"
  | "swallow"
  | "refuse"
  | { delay: number }
  | { garbage: Uint8Array }
  | { cut: (request: Buffer) => boolean };

/** A TCP proxy on a port of loopback, to do to a server's connections what networks do. */
export interface TcpProxy {
  port: number;
  /** `url`, by way of the proxy: only host and port differ. */
  url(url: string): string;
  set(traffic: Traffic): Promise<void>;
  /** Resets every connection; new ones are welcome. */
  reset(): void;
  /** How many connections are open, were accepted, and were ended by `cut`. */
  readonly open: number;
  readonly accepted: number;
  readonly cuts: number;
  /** Resets every connection, and accepts no more. */
  stop(): Promise<void>;
}

/** Starts a proxy in front of what listens at `port`. */
export async function startProxy(port: number, host = "127.0.0.1"): Promise<TcpProxy> {
  const proxy = new Forwarder({ host, port });
  await proxy.listen();
  return proxy;
}

class Forwarder implements TcpProxy {
  port = 0;
  accepted = 0;
  cuts = 0;
  traffic: Traffic = "pass";
  readonly #links = new Set<Link>();
  readonly #server: Server;

  constructor(target: { host: string; port: number }) {
    this.#server = createServer({ pauseOnConnect: true, noDelay: true }, (client) => {
      this.accepted++;
      const link = new Link(this, client, connect({ ...target, noDelay: true }));
      this.#links.add(link);
      client.once("close", () => this.#links.delete(link));
    });
  }

  get open(): number {
    return this.#links.size;
  }

  url(url: string): string {
    const through = new URL(url);
    through.host = `127.0.0.1:${this.port}`;
    return through.href;
  }

  async listen(): Promise<void> {
    // Not one of those that the system gives away: it comes back to its own after it has refused.
    this.#server.listen(this.port || (await freePort()), "127.0.0.1");
    await once(this.#server, "listening");
    this.port = (this.#server.address() as AddressInfo).port;
  }

  async set(traffic: Traffic): Promise<void> {
    this.traffic = traffic;
    // Its callback would wait until the open connections end; it stops listening at once.
    if (traffic === "refuse") this.#server.close();
    else if (!this.#server.listening) await this.listen();
    for (const link of this.#links) link.flow();
  }

  reset(): void {
    for (const link of this.#links) link.reset();
  }

  async stop(): Promise<void> {
    const closed = this.#server.listening ? once(this.#server, "close") : undefined;
    this.#server.close();
    this.reset();
    await closed;
  }
}

/** A client's connection and its other half, to the server. */
class Link {
  readonly #proxy: Forwarder;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #delayed: Buffer[] = [];
  #isDoomed = false;
  #isMute = false;

  constructor(proxy: Forwarder, client: Socket, server: Socket) {
    this.#proxy = proxy;
    this.#client = client;
    this.#server = server;
    client.on("data", (request) => this.#send(request));
    server.on("data", (reply) => this.#answer(reply));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.once("end", () => other.end());
      one.once("error", () => this.reset());
      one.once("close", () => other.destroySoon());
    }
    this.flow();
  }

  flow(): void {
    for (const socket of [this.#client, this.#server]) {
      if (this.#proxy.traffic === "stall") socket.pause();
      else socket.resume();
    }
  }

  reset(): void {
    this.#client.resetAndDestroy();
    this.#server.destroy();
  }

  #send(request: Buffer): void {
    const { traffic } = this.#proxy;
    if (typeof traffic === "object" && "cut" in traffic && traffic.cut(request)) this.#isDoomed = true;
    this.#server.write(request);
  }

  #answer(reply: Buffer): void {
    const { traffic } = this.#proxy;
    if (this.#isDoomed) {
      this.#proxy.cuts++;
      this.reset();
      return;
    }
    if (traffic === "swallow") this.#isMute = true;
    if (this.#isMute) return;
    if (typeof traffic === "object" && "garbage" in traffic) this.#client.write(traffic.garbage);
    else if (typeof traffic === "object" && "delay" in traffic) this.#delay(reply, traffic.delay);
    else if (this.#delayed.length > 0) this.#delay(reply, 0);
    else this.#client.write(reply);
  }

  /** The first in line goes whenever a timer ends: replies never overtake each other. */
  #delay(reply: Buffer, milliseconds: number): void {
    this.#delayed.push(reply);
    setTimeout(() => {
      const first = this.#delayed.shift();
      if (first && this.#client.writable) this.#client.write(first);
    }, milliseconds);
  }
}
