import type { Express } from "express";
import type { FastifyInstance } from "fastify";
import type { RedisClientType } from "redis";
import type { StoreName } from "../plan.ts";

/** The client as every variant gets it. */
export type Redis = RedisClientType;

/** What a variant is to use. */
export interface Setting {
  store: StoreName;
  /** Connected, with the store `redis`. */
  client: Redis | undefined;
  /** Where files go; removed afterwards. */
  folder: string;
  lazy: boolean;
}

/** What each file of this folder exports: how its sessions are added to an application. */
export interface VariantModule {
  express(app: Express, setting: Setting): void;
  fastify(app: FastifyInstance, setting: Setting): void;
}
