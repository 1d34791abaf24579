import type { Express } from "express";
import type { FastifyInstance } from "fastify";
import type { StoreName } from "../plan.ts";
import type { Place } from "../stores/store.ts";

/** What a variant is to use. */
export interface Setting {
  store: StoreName;
  place: Place;
  lazy: boolean;
}

/** What each file of this folder exports: how its sessions are added to an application. */
export interface VariantModule {
  express(app: Express, setting: Setting): void | Promise<void>;
  fastify(app: FastifyInstance, setting: Setting): void | Promise<void>;
}
