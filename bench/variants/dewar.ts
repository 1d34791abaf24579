import { join } from "node:path";
import type { SessionOptions, Store } from "dewar";
import { sessions as expressSessions } from "dewar/express";
import { sessions as fastifySessions } from "dewar/fastify";
import { memoryStore } from "dewar/stores/memory";
import { redisStore } from "dewar/stores/redis";
import { sqliteStore } from "dewar/stores/sqlite";
import type { Express } from "express";
import type { FastifyInstance } from "fastify";
import { countCalls } from "../calls.ts";
import type { Setting } from "./variant.ts";

/** dewar's defaults, but for `secure`: the benchmark talks plain http on loopback. */
function optionsFor(setting: Setting): SessionOptions {
  const cookie = { secure: false };
  if (setting.store === "cookie") return { secret: "a secret of the benchmark, 32 characters or more", cookie };
  return { store: storeFor(setting), lazy: setting.lazy, cookie };
}

function storeFor({ store, client, folder }: Setting): Store {
  if (client) return redisStore({ client });
  const own = store === "memory" ? memoryStore() : sqliteStore({ file: join(folder, `${process.pid}.sqlite`) });
  return countCalls(own, ["create", "read", "replace", "delete"]);
}

export function express(app: Express, setting: Setting): void {
  app.use(expressSessions(optionsFor(setting)));
}

export function fastify(app: FastifyInstance, setting: Setting): void {
  app.register(fastifySessions, optionsFor(setting));
}
