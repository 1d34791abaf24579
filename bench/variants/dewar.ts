import type { SessionOptions } from "dewar";
import { sessions as expressSessions } from "dewar/express";
import { sessions as fastifySessions } from "dewar/fastify";
import type { Express } from "express";
import type { FastifyInstance } from "fastify";
import { moduleOf } from "../stores/index.ts";
import type { Setting } from "./variant.ts";

/** dewar's defaults, but for `secure`: the benchmark talks plain http on loopback. */
async function optionsFor({ store, place, lazy }: Setting): Promise<SessionOptions> {
  const cookie = { secure: false };
  const module = await moduleOf(store);
  if (!module) return { secret: "a secret of the benchmark, 32 characters or more", cookie };
  const opened = await module.dewar(place);
  return { store: opened.store, lazy, cookie };
}

export async function express(app: Express, setting: Setting): Promise<void> {
  app.use(expressSessions(await optionsFor(setting)));
}

export async function fastify(app: FastifyInstance, setting: Setting): Promise<void> {
  app.register(fastifySessions, await optionsFor(setting));
}
