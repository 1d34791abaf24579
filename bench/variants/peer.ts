import { createRequire } from "node:module";
import type { Express, RequestHandler } from "express";
import type { FastifyInstance, FastifyPluginCallback } from "fastify";
import { moduleOf } from "../stores/index.ts";
import type { PeerSessions } from "../stores/store.ts";
import type { Setting } from "./variant.ts";

/*
 * The peers, as their documentation recommends: nothing is stored for a visitor without data, and every request puts
 * off the end of the session, as dewar's does. Their types claim `request.session` for themselves, hence `require`.
 */
const require = createRequire(import.meta.url);
const secret = "a secret of the benchmark, 32 characters or more";
const cookie = { secure: false }; // plain http on loopback

async function storeFor({ store, place }: Setting, sessions: PeerSessions): Promise<object> {
  const module = await moduleOf(store);
  if (!module?.peer) throw new Error(`${store} has no peer`);
  return await module.peer(place, sessions);
}

/** express-session with `resave: false, saveUninitialized: false`; it puts off the end by `touch`. */
export async function express(app: Express, setting: Setting): Promise<void> {
  const session = require("express-session") as ((options: object) => RequestHandler) & PeerSessions;
  const store = await storeFor(setting, session);
  app.use(session({ secret, store, resave: false, saveUninitialized: false, cookie }));
}

/**
 * @fastify/session with `saveUninitialized: false`; it puts off the end by `rolling: true`, its default. It takes the
 * stores that are written for express-session, too.
 */
export async function fastify(app: FastifyInstance, setting: Setting): Promise<void> {
  const session = require("@fastify/session") as FastifyPluginCallback<Record<string, unknown>> & PeerSessions;
  const store = await storeFor(setting, session);
  app.register(require("@fastify/cookie") as FastifyPluginCallback);
  app.register(session, { secret, store, saveUninitialized: false, cookie });
}
