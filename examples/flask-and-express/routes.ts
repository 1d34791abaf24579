/** What Express answers. To move one more route, build it there and add its path; all others are Flask's still. */
const MOVED = ["/account", "/cart", "/login", "/public", "/stamp/express"];

export type Side = "flask" | "express";

/** Which side answers a path. */
export function sideOf(path: string): Side {
  return MOVED.some((moved) => path === moved || path.startsWith(`${moved}/`)) ? "express" : "flask";
}
