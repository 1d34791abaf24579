import { createRequire } from "node:module";
import { RedisStore } from "connect-redis";
import type { Express, RequestHandler } from "express";
import type { FastifyInstance, FastifyPluginCallback } from "fastify";
import { countCalls } from "../calls.ts";
import type { Setting } from "./variant.ts";

/*
 * The peers, as their documentation recommends: nothing is stored for a visitor without data, and every request puts
 * off the end of the session, as dewar's does. Their types claim `request.session` for themselves, hence `require`.
 */
const require = createRequire(import.meta.url);
const secret = "a secret of the benchmark, 32 characters or more";
const cookie = { secure: false }; // plain http on loopback

interface WithMemoryStore {
  MemoryStore: new () => object;
}

function storeFor({ MemoryStore }: WithMemoryStore, { client }: Setting, methods: readonly string[]): object {
  return client ? new RedisStore({ client }) : countCalls(new MemoryStore(), methods);
}

/** express-session with `resave: false, saveUninitialized: false`; it puts off the end by `touch`. */
export function express(app: Express, setting: Setting): void {
  const session = require("express-session") as ((options: object) => RequestHandler) & WithMemoryStore;
  const store = storeFor(session, setting, ["get", "set", "touch"]);
  app.use(session({ secret, store, resave: false, saveUninitialized: false, cookie }));
}

/** @fastify/session with `saveUninitialized: false`; it puts off the end by `rolling: true`, its default. */
export function fastify(app: FastifyInstance, setting: Setting): void {
  const session = require("@fastify/session") as FastifyPluginCallback<Record<string, unknown>> & WithMemoryStore;
  const store = storeFor(session, setting, ["get", "set"]);
  app.register(require("@fastify/cookie") as FastifyPluginCallback);
  app.register(session, { secret, store, saveUninitialized: false, cookie });
}
