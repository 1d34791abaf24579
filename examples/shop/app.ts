import { join } from "node:path";
import { SessionError, type SessionManager } from "dewar";
import { sessions } from "dewar/express";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import { accountRoutes } from "./account.ts";
import { renderer, type Show } from "./render.ts";
import { sameOriginOnly, securityHeaders } from "./security.ts";
import { shopRoutes } from "./shop.ts";
import { layout } from "./views/layout.ts";
import { troublePage } from "./views/trouble.ts";

export function createApp(manager: SessionManager, keptIn: string): Express {
  const show: Show = renderer(keptIn);
  const app = express();
  app.disable("x-powered-by");
  app.use(securityHeaders);
  app.use(express.static(join(import.meta.dirname, "public")));
  app.use(sameOriginOnly);
  app.use(express.urlencoded({ extended: false, limit: "4kb" }));

  app.use(sessions(manager));
  app.use(shopRoutes(show));
  app.use(accountRoutes(show, manager));

  app.use((_req, res) => {
    show(res.status(404), "Not found", troublePage("There is nothing here", "The page has moved, or never was."));
  });

  // The session may be what failed: this page does without. Four parameters are how Express knows an error handler.
  app.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
    if (res.headersSent) return next(error);
    const { status, heading, advice } = explain(error);
    if (status >= 500) console.error(error instanceof SessionError ? `${error.code}: ${error.message}` : error);
    const page = layout({ title: heading, content: troublePage(heading, advice), keptIn });
    res.status(status).type("html").send(page.text);
  });
  return app;
}

function explain(error: unknown): { status: number; heading: string; advice: string } {
  const status = statusOf(error);
  if (status === 503) {
    return {
      status,
      heading: "Back in a moment",
      advice: "The place where carts are kept doesn't answer. Yours is safe: try again soon.",
    };
  }
  if (status < 500) {
    return { status, heading: "That didn't work", advice: "The shop didn't understand what it was sent." };
  }
  return { status, heading: "Something broke", advice: "It is our fault, not yours. Try once more." };
}

/** Express' own errors and dewar's carry the status that fits them. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && "status" in error ? error.status : undefined;
  return typeof status === "number" && status >= 400 && status < 600 ? status : 500;
}
