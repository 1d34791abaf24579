import type { IncomingMessage } from "node:http";

/**
 * Whether another site sent a form in the visitor's name. Browsers say where it comes from; what sends neither header is no
 * browser. The cookie is SameSite=Lax already: this also stops other hosts of the same domain.
 */
export function isForeignForm({ method, headers }: Pick<IncomingMessage, "method" | "headers">): boolean {
  if (method === "GET" || method === "HEAD") return false;
  const { "sec-fetch-site": site, origin, host } = headers;
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  return origin !== undefined && URL.parse(origin)?.host !== host;
}

/** The name in a field of a form: 1 to 60 characters, none of which is invisible. Whoever sends it may send anything. */
export function nameIn(field: unknown): string | undefined {
  const name = typeof field === "string" ? field.trim() : "";
  return /^\P{C}{1,60}$/u.test(name) ? name : undefined;
}
