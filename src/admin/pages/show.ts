import type { Place } from "../address.ts";
import type { Visit } from "../visit.ts";
import { confirmEverything, confirmSession, confirmUser } from "./confirm.ts";
import { find } from "./find.ts";
import { overview } from "./overview.ts";
import { progress } from "./progress.ts";
import { session } from "./session.ts";
import { sessions } from "./sessions.ts";
import { trouble } from "./trouble.ts";

/** Shows the page of a place. */
export async function show(visit: Visit, place: Place): Promise<Response> {
  switch (place.page) {
    case "overview":
      return overview(visit);
    case "sessions":
      return sessions(visit, place);
    case "session":
    case "reveal":
      return session(visit, place.id);
    case "find":
      return find(visit, place.text);
    case "end-session":
      return confirmSession(visit, place);
    case "end-user":
      return confirmUser(visit, place);
    case "end-everything":
      return confirmEverything(visit, place);
    case "progress":
      return progress(visit, place.still);
    case "nowhere":
      return trouble("nowhere");
  }
}
