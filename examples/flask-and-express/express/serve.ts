/** Serves the application on a free port, which it prints, until its standard input ends. */
import { once } from "node:events";
import { createServer } from "node:http";
import { createApp } from "./app.ts";
import { openSessions } from "./sessions.ts";

// Ctrl-C is for who started this, and who then closes our input.
process.on("SIGINT", () => {});
const shared = await openSessions(process.env);
const server = createServer(createApp(shared)).listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
if (typeof address === "object") console.log(address?.port);

process.stdin.resume();
await once(process.stdin, "end");
server.close();
server.closeAllConnections();
await shared.close();
