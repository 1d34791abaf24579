import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from "node:http";
import { connect, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, createConnection, type Socket } from "node:net";
import { text } from "node:stream/consumers";

export type Listener = (request: IncomingMessage, response: ServerResponse) => void;
export type Protocol = "http1" | "http2";

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** Status codes of the interim responses that came before. */
  interim: number[];
}

/** Servers of one test: dispose of it at the end. */
export class Servers implements AsyncDisposable {
  readonly #close: (() => Promise<void>)[] = [];

  /** Serves one request with `listener`, and resolves to its response. */
  async exchange(protocol: Protocol, listener: Listener): Promise<Reply> {
    return protocol === "http1" ? this.#http1(listener) : this.#http2(listener);
  }

  /** A connection that has sent one request, and can be cut. */
  async socket(listener: Listener): Promise<Socket> {
    const socket = createConnection(await this.#listen(createServer(listener)), "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return socket;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#close) await close();
  }

  async #http1(listener: Listener): Promise<Reply> {
    const port = await this.#listen(createServer(listener));
    const sent = request({ port, host: "127.0.0.1", agent: false }).end();
    const interim: number[] = [];
    sent.on("information", ({ statusCode }) => interim.push(statusCode));
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    const body = await text(response);
    return { status: response.statusCode ?? 0, headers: response.headers, body, interim };
  }

  async #http2(listener: Listener): Promise<Reply> {
    const server = createHttp2Server();
    // The compatibility API is made to be taken for node:http's.
    server.on("request", listener as never);
    const session = connect(`http://127.0.0.1:${await this.#listen(server)}`);
    this.#close.push(async () => session.close());
    const stream = session.request({ ":path": "/" });
    const interim: number[] = [];
    stream.on("headers", (headers) => interim.push(Number(headers[":status"])));
    const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders];
    return { status: Number(headers[":status"]), headers, body: await text(stream), interim };
  }

  async #listen(server: ReturnType<typeof createServer> | ReturnType<typeof createHttp2Server>): Promise<number> {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    this.#close.unshift(async () => {
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
    });
    return (server.address() as AddressInfo).port;
  }
}
