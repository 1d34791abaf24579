import { getSession } from "dewar";
import type { Request, Response } from "express";
import { cartLines, pieces } from "./cart.ts";
import type { Html } from "./views/html.ts";
import { layout } from "./views/layout.ts";

export type Show = (res: Response, title: string, content: Html) => void;

/** Sends pages that say who is signed in, what is in the cart, and what was flashed. */
export function renderer(keptIn: string): Show {
  return (res, title, content) => {
    const visitor = {
      name: getSession().subject,
      pieces: pieces(cartLines()),
      flashes: getSession().flashes(),
    };
    res.type("html").send(layout({ title, content, keptIn, visitor }).text);
  };
}

/** A field of a form; empty where it isn't there. */
export function field(req: Request, name: string): string {
  const fields: unknown = req.body;
  const value = typeof fields === "object" && fields !== null ? Reflect.get(fields, name) : undefined;
  return typeof value === "string" ? value : "";
}
