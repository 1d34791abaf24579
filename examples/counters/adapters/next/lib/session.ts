import { createSessionManager, type Session } from "dewar";
import { sessions } from "dewar/fetch";
import { sqliteStore } from "dewar/stores/sqlite";
import { headers } from "next/headers";
import { cache } from "react";

declare module "dewar" {
  interface SessionData {
    count?: number;
  }
}

// Next may load this file more than once in a process: a memory store would then be several.
export const manager = createSessionManager({ store: sqliteStore({ file: "sessions.sqlite" }) });

/** Wraps a route handler: in it are `session` and `getSession()`, to read and to write. */
export const withSession = sessions(manager);

/** What the session holds, for pages, which only read: while one renders, Next lets nobody set a cookie. */
export const readSession = cache(async (): Promise<Session> => manager.open((await headers()).get("cookie")));
