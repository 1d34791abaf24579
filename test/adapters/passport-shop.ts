import express from "express";
import passport from "passport";
import { Strategy } from "passport-local";
import { sessions } from "../../src/adapters/express.ts";
import { forPassport, type PassportOptions } from "../../src/adapters/passport.ts";
import {
  createSessionManager,
  getSession,
  type SessionInfo,
  type SessionManager,
  type SessionOptions,
  session,
} from "../../src/index.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import type { Client } from "../../src/testing/index.ts";
import { data, open } from "./open.ts";

export const inSqlite = (): SessionOptions => ({ store: sqliteStore({ file: ":memory:" }) });
const form = { "content-type": "application/x-www-form-urlencoded" };

/** Something that a test waits for, and lets happen. */
export function gate(): { passed: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

export interface Shop {
  browser: Client;
  manager: SessionManager;
  /** What a sign-in waits for, between `regenerate` and `save`; and tells that it waits. */
  serializing: { begun: () => void; mayEnd: Promise<void> };
  /** What a slow request waits for, having read its session. */
  slow: { begun: () => void; mayEnd: Promise<void> };
}

interface Setting {
  framework?: typeof express;
  options?: SessionOptions;
  serialized?: (name: string) => unknown;
  subject?: PassportOptions<never>["subject"];
  /** What the error page does. */
  onError?: () => void;
}

/** A shop with Passport: everybody's password is "right", and `keep` stands for keepSessionInfo. */
export async function shop({
  framework = express,
  options = inSqlite(),
  serialized,
  subject,
  onError,
}: Setting = {}): Promise<Shop> {
  const manager = createSessionManager(options);
  const free = { begun: () => {}, mayEnd: Promise.resolve() };
  const opened: Omit<Shop, "browser"> = { manager, serializing: { ...free }, slow: { ...free } };
  const auth = new passport.Passport();
  auth.use(
    new Strategy((name, password, done) =>
      password === "right" ? done(null, { name }) : done(null, false, { message: "Wrong password" }),
    ),
  );
  auth.serializeUser(async (user, done) => {
    const { name } = user as { name: string };
    opened.serializing.begun();
    await opened.serializing.mayEnd;
    done(null, serialized === undefined ? name : serialized(name));
  });
  auth.deserializeUser((kept: unknown, done) => done(null, { kept }));

  const app = framework();
  app.use(sessions(manager));
  app.use(forPassport(subject === undefined ? {} : { subject }));
  app.use(auth.session());
  app.use(framework.urlencoded({ extended: false }));
  app.use((request, _response, next) => {
    Object.assign(request, { flash: (category: string, text: string) => getSession().flash(text, category) });
    next();
  });
  app.post("/login", auth.authenticate("local", { successRedirect: "/", failureMessage: true, failureFlash: true }));
  app.post("/login/keep", auth.authenticate("local", { keepSessionInfo: true }), (_request, response) => {
    response.redirect("/");
  });
  for (const [path, keepSessionInfo] of [
    ["/logout", false],
    ["/logout/keep", true],
  ] as const) {
    app.post(path, (request, response, next) => {
      request.logout({ keepSessionInfo }, (error) => (error ? next(error) : response.redirect("/")));
    });
  }
  app.post("/add/:item", async (request, response) => {
    void request.session;
    if (request.query["slow"] !== undefined) {
      opened.slow.begun();
      await opened.slow.mayEnd;
    }
    data(request.session)[request.params["item"] ?? ""] = true;
    response.end();
  });
  app.post("/plant", (request, response) => {
    const { save } = request.session as { save?: (done: () => void) => void };
    data(request.session)["passport"] = { user: request.query["user"] };
    save?.(() => response.end());
  });
  app.get("/", (request, response) => {
    response.json({
      user: (request.user as { kept: unknown } | undefined)?.kept ?? null,
      subject: getSession().subject ?? null,
      flashes: getSession().flashes({ category: "error" }),
      data: session,
    });
  });
  const sorry: express.ErrorRequestHandler = (error, request, response, _next) => {
    onError?.();
    const { code = error.name, message } = error;
    response.status(500).json({ code, message, user: request.user ?? null });
  };
  app.use(sorry);
  return Object.assign(opened, { browser: await open(app) });
}

export function login(browser: Client, username: string, path = "/login", password = "right"): Promise<Response> {
  const body = new URLSearchParams({ username, password }).toString();
  return browser.fetch(path, { method: "POST", headers: form, body });
}
export const post = (browser: Client, path: string): Promise<Response> => browser.fetch(path, { method: "POST" });
export const token = (browser: Client): string | undefined => browser.cookieHeader();

export async function listed(manager: SessionManager, subject?: string): Promise<SessionInfo[]> {
  const found: SessionInfo[] = [];
  for await (const info of manager.list(subject === undefined ? {} : { subject })) found.push(info);
  return found;
}
