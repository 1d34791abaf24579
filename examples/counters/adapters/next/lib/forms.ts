/**
 * Whether another site sent a form in the visitor's name. Browsers say where it comes from; what sends neither header is no
 * browser. The cookie is SameSite=Lax already: this also stops other hosts of the same domain.
 */
export function isForeignForm({ method, headers }: Request): boolean {
  if (method === "GET" || method === "HEAD") return false;
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  const origin = headers.get("origin");
  return origin !== null && URL.parse(origin)?.host !== headers.get("host");
}

/** The name in a field of a form: 1 to 60 characters, none of which is invisible. Whoever sends it may send anything. */
export function nameIn(field: unknown): string | undefined {
  const name = typeof field === "string" ? field.trim() : "";
  return /^\P{C}{1,60}$/u.test(name) ? name : undefined;
}
