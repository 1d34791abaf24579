/**
 * The addresses of the pages. All of them are told by the query alone, and every link is relative: so the page works below
 * any path, with or without a slash at its end, whether the framework cuts the path off or not, by one route.
 */

/** What a request asks for. */
export type Place =
  | { page: "overview" }
  | { page: "sessions"; user?: string; after?: string; trail: readonly string[] }
  | { page: "session"; id: string }
  | { page: "find"; text: string }
  | { page: "end-session"; id: string }
  | { page: "reveal"; id: string }
  | { page: "end-user"; user: string }
  | { page: "end-everything" }
  | { page: "progress"; still: boolean }
  | { page: "nowhere" };

/** How many pages "Previous" leads back. An address must not grow for ever. */
const LONGEST_TRAIL = 20;
/** Between cursors, in none of which it stands. */
const SEPARATOR = "~";

/** Reads a query. */
export function placeOf(query: URLSearchParams): Place {
  const [id, user, action] = [query.get("session"), query.get("user"), query.get("do")];
  if (action === "end" && id !== null) return { page: "end-session", id };
  if (action === "reveal" && id !== null) return { page: "reveal", id };
  if (action === "end" && user !== null) return { page: "end-user", user };
  if (action === "end-everything") return { page: "end-everything" };
  if (action !== null) return { page: "nowhere" };
  if (id !== null) return { page: "session", id };
  if (query.has("find")) return { page: "find", text: query.get("find") ?? "" };
  if (query.has("progress")) return { page: "progress", still: query.get("progress") === "still" };
  if (user === null && !query.has("list")) return { page: "overview" };
  const after = query.get("after");
  const trail = (query.get("trail") ?? "").split(SEPARATOR).filter(Boolean).slice(-LONGEST_TRAIL);
  return { page: "sessions", ...(user !== null && { user }), ...(after && { after }), trail };
}

/** Writes the address of a place, as a link on any page or as a Location. */
export function addressOf(place: Place): string {
  return `?${new URLSearchParams(queryOf(place))}`;
}

function queryOf(place: Place): Record<string, string> {
  switch (place.page) {
    case "sessions":
      return {
        ...(place.user === undefined ? { list: "" } : { user: place.user }),
        ...(place.after !== undefined && { after: place.after }),
        ...(place.trail.length > 0 && { trail: place.trail.slice(-LONGEST_TRAIL).join(SEPARATOR) }),
      };
    case "session":
      return { session: place.id };
    case "find":
      return { find: place.text };
    case "end-session":
      return { do: "end", session: place.id };
    case "reveal":
      return { do: "reveal", session: place.id };
    case "end-user":
      return { do: "end", user: place.user };
    case "end-everything":
      return { do: "end-everything" };
    case "progress":
      return { progress: place.still ? "still" : "" };
    default:
      return {};
  }
}
