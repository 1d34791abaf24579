import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import { type Side, sideOf } from "./routes.ts";

/** What both sides owe a browser alike. */
const SECURITY = {
  "Content-Security-Policy":
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "same-origin",
};
/** These concern one connection, not the next. */
const HOP_BY_HOP = ["connection", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer", "upgrade"];

/** One address for two applications on loopback, of which it takes the ports. It changes no cookie. */
export function createProxy(ports: Record<Side, number>): Server {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((req, res) => {
    for (const [name, value] of Object.entries(SECURITY)) res.setHeader(name, value);
    if (!isSameOrigin(req)) return refuse(res, 403, "This form was sent from another site.\n");
    const side = sideOf(req.url?.replace(/\?.*/, "") ?? "/");
    res.setHeader("X-Answered-By", side);
    forward(req, res, { agent, port: ports[side], side });
  });
  server.on("close", () => agent.destroy());
  return server;
}

function forward(req: IncomingMessage, res: ServerResponse, to: { agent: Agent; port: number; side: Side }): void {
  const { agent, port, side } = to;
  const headers = {
    ...endToEnd(req.headers),
    // In the place of whatever the visitor claims. Flask-Login binds a sign-in to the address that stands here.
    "x-forwarded-for": req.socket.remoteAddress,
    "x-forwarded-proto": "http",
  };
  const onward = request({ agent, host: "127.0.0.1", port, method: req.method, path: req.url, headers });
  onward.on("response", (answer) => {
    res.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
    pipeline(answer, res, () => {});
  });
  onward.on("error", () => {
    if (res.headersSent) res.destroy();
    else refuse(res, 502, `The side that should answer (${side}) doesn't.\n`);
  });
  req.pipe(onward);
  // A visitor may leave before the answer.
  res.on("close", () => onward.destroy());
}

function endToEnd<Headers extends IncomingMessage["headers"]>(headers: Headers): Headers {
  const kept = Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name));
  return Object.fromEntries(kept) as Headers;
}

/** A form of another site, or of another program on this host, says so in these headers. */
function isSameOrigin({ method, headers }: IncomingMessage): boolean {
  if (method === "GET" || method === "HEAD") return true;
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin" || site === "none";
  return headers.origin === undefined || headers.origin === `http://${headers.host}`;
}

function refuse(res: ServerResponse, status: number, text: string): void {
  res.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(text);
}
