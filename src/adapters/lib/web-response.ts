import type { Engine } from "../../core/engine.ts";
import type { Header } from "../../core/manager.ts";
import { addHeaders } from "./headers.ts";

/**
 * The response with a session's headers: the same object where that is safe. It may be a constant that the application
 * returns to everyone, so a Set-Cookie always goes on a copy; and its headers may be immutable (`Response.redirect`,
 * what `fetch` returned).
 */
export function withHeaders(response: Response, headers: readonly Header[], engine: Engine): Response {
  if (headers.length === 0) return response;
  // An upgrade's response is no constant, and can't be copied.
  const needsCopy = response.status !== 101 && headers.some(([name]) => name === "Set-Cookie");
  if (!needsCopy && tryToAdd(response, headers, engine)) return response;
  const copy = new Response(response.body, response);
  addHeaders(copy.headers, headers, engine);
  return copy;
}

function tryToAdd(response: Response, headers: readonly Header[], engine: Engine): boolean {
  try {
    addHeaders(response.headers, headers, engine);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
