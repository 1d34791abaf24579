import { hash, randomBytes } from "node:crypto";
import type { Express, Request, Response } from "express";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { RedisClientType as Redis } from "redis";
import { connect } from "../stores/redis.ts";
import type { Setting } from "./variant.ts";

/*
 * The least that a session on Redis can be, written by hand: a random token in a cookie, the data under its SHA-256,
 * parsed when looked at, stored when its JSON differs. No expiry of its own, no login, no merge: two requests at once
 * overwrite each other. It is what the other variants are compared with.
 */

const seconds = 7 * 24 * 60 * 60;
const name = "session=";
const tokenLength = 43;

function tokenIn(header: string | undefined): string | undefined {
  const at = header?.indexOf(name) ?? -1;
  if (header === undefined || at < 0) return undefined;
  const token = header.slice(at + name.length, at + name.length + tokenLength);
  return token.length === tokenLength ? token : undefined;
}

const keyOf = (token: string): string => `minimum:${hash("sha256", token, "base64url")}`;

class MinimumSession {
  readonly #client: Redis;
  readonly #key: string;
  readonly #stored: string | null;
  #data: object | undefined;

  constructor(client: Redis, key: string, stored: string | null) {
    this.#client = client;
    this.#key = key;
    this.#stored = stored;
  }

  get data(): object {
    this.#data ??= (this.#stored === null ? {} : JSON.parse(this.#stored)) as object;
    return this.#data;
  }

  /** Resolves to the cookie to set, if any; `undefined` at once when there is nothing to store. */
  commit(): Promise<string | undefined> | undefined {
    if (this.#data === undefined) return undefined;
    const text = JSON.stringify(this.#data);
    if (text === this.#stored) return undefined;
    return this.#stored === null ? this.#create(text) : this.#replace(text);
  }

  async #replace(text: string): Promise<undefined> {
    await this.#client.set(this.#key, text, { condition: "XX", expiration: { type: "EX", value: seconds } });
  }

  async #create(text: string): Promise<string | undefined> {
    if (text === "{}") return undefined;
    const token = randomBytes(32).toString("base64url");
    await this.#client.set(keyOf(token), text, { condition: "NX", expiration: { type: "EX", value: seconds } });
    return `session=${token}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax`;
  }
}

function open(client: Redis, header: string | undefined): MinimumSession | Promise<MinimumSession> {
  const token = tokenIn(header);
  if (token === undefined) return new MinimumSession(client, "", null);
  const key = keyOf(token);
  return client.getEx(key, { type: "EX", value: seconds }).then((stored) => new MinimumSession(client, key, stored));
}

const state: unique symbol = Symbol("minimum");

/** Commits before `end`, while headers can still be set. */
export async function express(app: Express, { place }: Setting): Promise<void> {
  const client = await connect(place);
  Object.defineProperty(app.request, "session", {
    get(this: { [state]: MinimumSession }) {
      return this[state].data;
    },
  });
  app.use((req: Request & { [state]?: MinimumSession }, res: Response, next) => {
    const start = (session: MinimumSession): void => {
      req[state] = session;
      const end = res.end as (...args: unknown[]) => Response;
      res.end = (...args: unknown[]): Response => {
        const committed = session.commit();
        if (committed === undefined) return end.apply(res, args);
        committed.then(
          (cookie) => {
            if (cookie !== undefined) res.appendHeader("Set-Cookie", cookie);
            end.apply(res, args);
          },
          (error: unknown) => {
            res.end = end;
            next(error);
          },
        );
        return res;
      };
      next();
    };
    const opened = open(client, req.headers.cookie);
    if (opened instanceof MinimumSession) start(opened);
    else opened.then(start, next);
  });
}

type WithState = FastifyRequest & { [state]: MinimumSession };

/** Commits in `onSend`, while headers can still be set. */
export async function fastify(app: FastifyInstance, { place }: Setting): Promise<void> {
  const client = await connect(place);
  app.decorateRequest(state, null);
  app.decorateRequest("session", {
    getter(this: FastifyRequest) {
      return (this as WithState)[state].data;
    },
  });
  app.addHook("onRequest", (request: FastifyRequest, _reply: FastifyReply, done) => {
    const start = (session: MinimumSession): void => {
      (request as WithState)[state] = session;
      done();
    };
    const opened = open(client, request.headers.cookie);
    if (opened instanceof MinimumSession) start(opened);
    else opened.then(start, done);
  });
  app.addHook("onSend", (request: FastifyRequest, reply: FastifyReply, payload: unknown, done) => {
    const committed = (request as WithState)[state].commit();
    if (committed === undefined) return done(null, payload);
    committed.then((cookie) => {
      if (cookie !== undefined) reply.header("Set-Cookie", cookie);
      done(null, payload);
    }, done);
  });
}
