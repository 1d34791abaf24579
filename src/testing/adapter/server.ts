import { once } from "node:events";
import { createServer, type RequestOptions, type request, type Server } from "node:http";
import { type ClientHttp2Session, connect, createSecureServer } from "node:http2";
import { createServer as createTlsServer, request as requestTls } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { Readable } from "node:stream";
import type { Protocol, RequestListener } from "../adapter.ts";
import { selfSigned } from "./certificate.ts";

/** A server on the loopback interface, and how to reach it. */
export interface TestServer {
  origin: string;
  /** The server itself, for `upgrade` events. */
  server: Server;
  fetch: (url: URL, init: RequestInit) => Promise<Response>;
  close(): Promise<void>;
}

/** As large as HTTP/1 headers may be here: more than Node's default, to let large cookies through. */
const MAX_HEADER_SIZE = 256 * 1024;

/** In milliseconds. No case makes a request take nearly as long. */
const LONGEST_REQUEST = 4000;

/** Serves `listener` on a free port. */
export async function listen(protocol: Protocol, listener: RequestListener): Promise<TestServer> {
  const certificate = protocol === "http" ? undefined : selfSigned();
  const server = makeServer(protocol, listener, certificate);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const http2 =
    protocol === "http2" ? connect(`https://127.0.0.1:${port}`, { ca: certificate?.cert ?? "" }) : undefined;
  return {
    origin: `${protocol === "http" ? "http" : "https"}://127.0.0.1:${port}`,
    server,
    fetch: http2 ? overHttp2(http2) : protocol === "https" ? overTls(certificate?.cert ?? "") : overHttp,
    async close() {
      http2?.destroy();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The three kinds of servers have no type in common, but every method that is used here. */
function makeServer(protocol: Protocol, listener: RequestListener, certificate: object | undefined): Server {
  if (protocol === "http") return createServer({ maxHeaderSize: MAX_HEADER_SIZE }, listener);
  if (protocol === "https") return createTlsServer({ ...certificate }, listener);
  return createSecureServer({ ...certificate }, listener as never) as unknown as Server;
}

/** An answer that never comes fails the case that waits for it, not the runner's patience. */
function overHttp(url: URL, init: RequestInit): Promise<Response> {
  return fetch(url, { signal: AbortSignal.timeout(LONGEST_REQUEST), ...init });
}

function overTls(ca: string): TestServer["fetch"] {
  return (url, init) =>
    new Promise((resolve, reject) => {
      const options: RequestOptions = { method: init.method ?? "GET", headers: plain(init.headers), agent: false };
      const sent: ReturnType<typeof request> = requestTls(url, { ...options, ca }, (response) => {
        const headers = new Headers();
        for (const [name, values] of Object.entries(response.headersDistinct)) {
          for (const value of values ?? []) headers.append(name, value);
        }
        resolve(toResponse(response.statusCode ?? 0, headers, response));
      });
      sent.on("error", reject);
      sent.end(init.body);
    });
}

function overHttp2(session: ClientHttp2Session): TestServer["fetch"] {
  return (url, init) =>
    new Promise((resolve, reject) => {
      const stream = session.request({
        ":method": init.method ?? "GET",
        ":path": url.pathname + url.search,
        ...plain(init.headers),
      });
      stream.on("response", (received) => {
        const headers = new Headers();
        for (const [name, value] of Object.entries(received)) {
          if (name.startsWith(":") || value === undefined) continue;
          for (const one of [value].flat()) headers.append(name, String(one));
        }
        resolve(toResponse(received[":status"] ?? 0, headers, stream));
      });
      stream.on("error", reject);
      stream.end(init.body);
    });
}

function plain(headers: RequestInit["headers"]): Record<string, string> {
  return Object.fromEntries(new Headers(headers));
}

function toResponse(status: number, headers: Headers, body: Readable): Response {
  const bodiless = status === 204 || status === 304;
  return new Response(bodiless ? null : (Readable.toWeb(body) as ReadableStream<Uint8Array>), { status, headers });
}
