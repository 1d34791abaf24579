import type { NextFunction, Request, Response } from "express";

const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

export function securityHeaders(_req: Request, res: Response, next: NextFunction): void {
  res.set({
    "Content-Security-Policy": policy,
    "X-Content-Type-Options": "nosniff",
    // Not "no-referrer": under it a browser sends "Origin: null" with the shop's own forms.
    "Referrer-Policy": "same-origin",
  });
  next();
}

/**
 * Refuses forms that another site sends in the visitor's name. The session cookie is SameSite=Lax already; this also stops
 * another program on the same host, to which a port is no border. Without either header it isn't a browser that asks.
 */
export function sameOriginOnly(req: Request, res: Response, next: NextFunction): void {
  if (req.method === "GET" || req.method === "HEAD" || isSameOrigin(req)) next();
  else res.status(403).type("text").send("This form was sent from another site.\n");
}

function isSameOrigin(req: Request): boolean {
  const site = req.get("Sec-Fetch-Site");
  if (site !== undefined) return site === "same-origin" || site === "none";
  const origin = req.get("Origin");
  return origin === undefined || origin === `${req.protocol}://${req.get("Host")}`;
}
