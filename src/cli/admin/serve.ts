import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type AdminAction, admin, toNode } from "../../admin/index.ts";
import type { SessionManager } from "../../core/manager.ts";
import { failed } from "../lib/exit.ts";
import { auditLine } from "./audit.ts";
import { Gate } from "./gate.ts";

const LOOPBACK = "127.0.0.1";

/** Serves the page for operators to this machine alone. `port` 0: a free one. */
export async function serve(
  manager: SessionManager,
  port: number,
  note: (text: string) => void,
): Promise<{ link: string; close(): Promise<void> }> {
  const server = createServer();
  try {
    server.listen(port, LOOPBACK);
    await once(server, "listening");
  } catch (error) {
    throw failed(`the page can't be served on port ${port}`, error);
  }
  const gate = new Gate(`${LOOPBACK}:${(server.address() as AddressInfo).port}`);
  const audit = (action: AdminAction) => note(auditLine(action));
  server.on("request", toNode(admin({ manager, authorize: gate.authorize, audit })));
  return { link: gate.link, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
