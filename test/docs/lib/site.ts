import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".txt": "text/plain; charset=utf-8",
};

/** Serves a folder on loopback as the plainest of hosts does: a path is a file. */
export async function serveFolder(folder: string): Promise<{ url: string; close: () => void }> {
  const server = createServer((req, res) => {
    const { pathname } = new URL(req.url ?? "/", "http://site");
    const file = join(folder, decodeURIComponent(pathname), pathname.endsWith("/") ? "index.html" : "");
    readFile(file).then(
      (content) => res.setHeader("Content-Type", TYPES[extname(file)] ?? "application/octet-stream").end(content),
      () => res.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
