import { getSession, session } from "dewar";
import { sessions } from "dewar/express";
import express, { type Express, type Request, type Response } from "express";
import { linesOf, publicFolder, totalOf } from "./catalog.ts";
import type { SharedSessions } from "./sessions.ts";
import type { Html } from "./views/html.ts";
import { layout } from "./views/layout.ts";
import { accountPage, cartPage, LONGEST_NAME, loginPage } from "./views/pages.ts";

const MOST_STAMPS = 10;

/** The shop's new half: the cart, the account, and signing in. */
export function createApp({ options }: Pick<SharedSessions, "options">): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use("/public", express.static(publicFolder));
  app.use(express.urlencoded({ extended: false, limit: "4kb" }));
  app.use(sessions(options));

  app.get("/cart", (req, res) => show(req, res, "Your cart", cartPage(linesOf(session.cart ?? {}))));

  app.post("/cart/remove", (req, res) => {
    const [line] = linesOf(session.cart ?? {}).filter(({ product }) => product.id === field(req, "product"));
    if (line && session.cart) {
      delete session.cart[line.product.id];
      getSession().flash(`Express took this out of your cart: ${line.product.name}.`, "success");
    }
    res.redirect(303, "/");
  });

  app.post("/cart/order", (_req, res) => {
    const { subject } = getSession();
    const lines = linesOf(session.cart ?? {});
    if (subject === undefined) {
      getSession().flash("Sign in to place your order.", "error");
      return res.redirect(303, "/login");
    }
    if (lines.length > 0) {
      const quantities = Object.fromEntries(lines.map(({ product, quantity }) => [product.id, quantity]));
      session.order = { lines: quantities, total: totalOf(lines), at: new Date() };
      delete session.cart;
      delete session.since;
      getSession().flash(`Express took your order, ${subject}.`, "success");
    }
    res.redirect(303, "/orders");
  });

  app.get("/login", (req, res) => show(req, res, "Sign in", loginPage()));

  app.post("/login", (req, res) => {
    const name = field(req, "name").trim();
    if (name === "" || name.length > LONGEST_NAME) {
      return show(req, res.status(422), "Sign in", loginPage(`Type a name of 1 to ${LONGEST_NAME} characters.`));
    }
    getSession().login(name);
    getSession().flash(`Express signed you in, ${name}.`, "success");
    res.redirect(303, "/orders");
  });

  app.get("/account", (req, res) => {
    show(req, res, "Your account", accountPage(getSession().subject, session.stamps ?? 0, MOST_STAMPS));
  });

  app.post("/account/end", (_req, res) => {
    getSession().destroy();
    res.redirect(303, "/");
  });

  app.post("/stamp/express", (_req, res) => {
    session.stamps = ((session.stamps ?? 0) % MOST_STAMPS) + 1;
    getSession().flash("Express stamped your card, and Flask shows it.", "success");
    res.redirect(303, "/");
  });

  return app;
}

function show(req: Request, res: Response, title: string, content: Html): void {
  const { subject, data } = getSession();
  const flashes = getSession().flashes();
  res.type("html").send(layout({ title, path: req.path, content, subject, data, flashes }).text);
}

/** A field of a form; empty where it isn't there. */
function field(req: Request, name: string): string {
  const fields: unknown = req.body;
  const value = typeof fields === "object" && fields !== null ? Reflect.get(fields, name) : undefined;
  return typeof value === "string" ? value : "";
}
