import { getSession, session } from "../../index.ts";
import type { Exchange } from "../adapter.ts";
import type { Routes } from "./stage.ts";

/** The data of the current request, with any key: the suite knows nothing of the application's `SessionData`. */
export function data(of: object = session): Record<string, unknown> {
  return of as Record<string, unknown>;
}

/** One parameter of the query. */
export function query(exchange: Exchange, name: string): string {
  return new URL(exchange.url, "http://localhost").searchParams.get(name) ?? "";
}

/** What most cases need. */
export const commonRoutes: Routes = {
  "/untouched": () => "untouched",
  "/all": () => JSON.stringify(session),
  "/set": (exchange) => {
    data()[query(exchange, "key")] = query(exchange, "value");
    return "set";
  },
  "/remove": (exchange) => {
    delete data()[query(exchange, "key")];
    return "removed";
  },
  "/login": (exchange) => {
    getSession().login(query(exchange, "as"));
    return "logged in";
  },
  "/logout": () => {
    getSession().logout();
    return "logged out";
  },
  "/who": () => getSession().subject ?? "nobody",
};
