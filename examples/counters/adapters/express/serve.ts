import type { Server } from "node:http";

/** Listens on `PORT`. Told to stop, it answers what was asked already, then calls `close`. */
export function serve(server: Server, close: () => Promise<void>): void {
  server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
    const address = server.address();
    if (typeof address === "object") console.log(`http://localhost:${address?.port}`);
  });
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close(close));
}
