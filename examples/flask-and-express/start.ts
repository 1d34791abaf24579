import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createProxy } from "./proxy.ts";
import { type Application, startApplication } from "./start/application.ts";
import { preparePython } from "./start/python.ts";
import { findRedis, startRedis } from "./start/redis.ts";

const usage = `Usage: npm start -- [options]

  --port NUMBER   default 3000; 0 takes any that is free
  --files         keep sessions in files, even if there is a Redis
  --help          this text

REDIS_URL=redis://HOST takes a Redis that runs already. Without it one is started, if redis-server is installed.
`;

/** What to undo when all ends, the last first. */
const stops: (() => Promise<unknown>)[] = [];

async function start(port: number, inFiles: boolean): Promise<void> {
  const python = await preparePython();
  const { env, where } = await placeForSessions(inFiles);
  const [flask, express] = await Promise.all([
    begin(startApplication("Flask", python, ["-s", "-B", "flask/serve.py"], env)),
    begin(startApplication("Express", process.execPath, ["express/serve.ts"], env)),
  ]);
  const proxy = createProxy({ flask: flask.port, express: express.port }).listen(port, "127.0.0.1");
  await once(proxy, "listening");
  stops.push(async () => {
    proxy.close();
    proxy.closeAllConnections();
  });
  const address = proxy.address();
  console.log(`
  Keepwell, a shop that moves from Flask to Express. Both share sessions ${where}.

  Shop: http://127.0.0.1:${typeof address === "object" ? address?.port : port}

  Try it: put a flask into the cart (Flask), sign in (Express), sign out (Flask). Ctrl-C stops all.
`);
}

/** Redis, if there is one, else files. Both sides learn it from their environment. */
async function placeForSessions(inFiles: boolean): Promise<{ env: NodeJS.ProcessEnv; where: string }> {
  const { REDIS_URL, ...env } = process.env;
  if (!inFiles && REDIS_URL) return { env: { ...env, REDIS_URL }, where: "in the Redis of REDIS_URL" };
  const program = inFiles ? undefined : findRedis();
  if (program === undefined) {
    const folder = join(import.meta.dirname, ".sessions");
    return { env: { ...env, SESSION_FILE_DIR: folder }, where: "in files" };
  }
  const redis = await startRedis(program);
  stops.push(redis.stop);
  return { env: { ...env, REDIS_URL: redis.url }, where: "in a Redis of their own" };
}

async function begin(starting: Promise<Application>): Promise<Application> {
  const application = await starting;
  stops.push(application.stop);
  application.ended.then(() => stop(`${application.name} has ended.`));
  return application;
}

let stopping = false;

async function stop(reason?: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  if (reason !== undefined) {
    console.error(reason);
    process.exitCode = 1;
  }
  while (stops.length > 0) await stops.pop()?.();
  // What is still being started ends with this process.
  process.exit();
}

process.on("SIGINT", () => stop());
process.on("SIGTERM", () => stop());

try {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "3000" },
      files: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) console.log(usage);
  else await start(Number(values.port), values.files);
} catch (error) {
  await stop(error instanceof Error ? error.message : String(error));
}
