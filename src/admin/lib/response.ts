import { hash } from "node:crypto";
import type { SafeHtml } from "@remix-run/html-template";
import { style } from "../style.ts";

/**
 * Nothing is loaded, run, framed or sent elsewhere: the one style sheet stands in the page and is named by its hash, and
 * there is no script at all.
 */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${hash("sha256", style, "base64")}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": POLICY,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  // Addresses hold ids and names of users.
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "X-Robots-Tag": "noindex",
};

interface PageOptions {
  status?: number;
  hasForm?: boolean;
  /** After how many seconds the browser loads it again. */
  refresh?: number;
}

/** A page. A browser that may tell no referrer doesn't tell the origin of a form either: so a page with one allows its own site. */
export function pageResponse(
  document: SafeHtml,
  { status = 200, hasForm = false, refresh = 0 }: PageOptions = {},
): Response {
  return new Response(document.toString(), {
    status,
    headers: {
      ...HEADERS,
      "Content-Type": "text/html; charset=utf-8",
      ...(hasForm && { "Referrer-Policy": "same-origin" }),
      ...(refresh > 0 && { Refresh: String(refresh) }),
    },
  });
}

/** "See other": to load the page again does nothing twice. */
export function seeOther(address: string): Response {
  return new Response(null, { status: 303, headers: { ...HEADERS, Location: address } });
}
