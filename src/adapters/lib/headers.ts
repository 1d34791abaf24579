import type { Engine } from "../../core/engine.ts";
import type { Header } from "../../core/manager.ts";

/** The headers of a response under way: a Fetch `Headers` is one. */
export interface HeaderTarget {
  get(name: string): string | null;
  set(name: string, value: string): void;
  append(name: string, value: string): void;
}

/** Adds a session's headers beside those of the application. */
export function addHeaders(target: HeaderTarget, headers: readonly Header[], engine: Pick<Engine, "emit">): void {
  for (const [name, value] of headers) {
    if (name === "Set-Cookie") target.append(name, value);
    else if (name === "Vary") target.set(name, mergeVary(target.get(name), value));
    else {
      const replaced = target.get(name);
      if (replaced && isCacheable(replaced)) engine.emit({ type: "cache-control", replaced });
      target.set(name, value);
    }
  }
}

function mergeVary(existing: string | null, name: string): string {
  if (!existing) return name;
  const listed = existing.split(",").map((item) => item.trim().toLowerCase());
  return listed.includes("*") || listed.includes(name.toLowerCase()) ? existing : `${existing}, ${name}`;
}

function isCacheable(cacheControl: string): boolean {
  return !/\b(?:no-store|private)\b/i.test(cacheControl);
}
