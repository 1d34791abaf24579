import type { SessionOptions } from "dewar";
import { flaskSession } from "dewar/flask";
import { createClient } from "redis";

declare module "dewar" {
  interface SessionData {
    /** How many of each product. */
    cart?: Record<string, number>;
    /** When the first piece was put into the cart: to Flask a `datetime`. */
    since?: Date;
    order?: { lines: Record<string, number>; total: number; at: Date };
    stamps?: number;
  }
}

/** What Flask-Session is told in flask/config.py, under the same names. */
const shared = {
  SESSION_PERMANENT: false,
  SESSION_KEY_PREFIX: "moving:",
  SESSION_COOKIE_NAME: "moving",
  SESSION_COOKIE_SAMESITE: "Lax",
} as const;

export interface SharedSessions {
  options: SessionOptions;
  close(): Promise<void>;
}

export async function openSessions(env: NodeJS.ProcessEnv): Promise<SharedSessions> {
  const { REDIS_URL, SESSION_FILE_DIR = "" } = env;
  if (REDIS_URL === undefined) {
    return {
      options: flaskSession({ ...shared, SESSION_TYPE: "filesystem", SESSION_FILE_DIR }),
      close: async () => {},
    };
  }
  const client = createClient({ url: REDIS_URL });
  client.on("error", (error: Error) => console.error(`Redis: ${error.message}`));
  await client.connect();
  return {
    options: flaskSession({ ...shared, SESSION_TYPE: "redis", SESSION_REDIS: client }),
    close: async () => client.destroy(),
  };
}
