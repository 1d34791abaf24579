import { createSessionManager, getSession, session } from "dewar";
import { sessions } from "dewar/fetch";
import { sqliteStore } from "dewar/stores/sqlite";
import { serve } from "srvx";
import { readForm } from "./body.ts";
import { isForeignForm, nameIn } from "./forms.ts";
import { page } from "./page.ts";

declare module "dewar" {
  interface SessionData {
    count?: number;
  }
}

const manager = createSessionManager({ store: sqliteStore({ file: "sessions.sqlite" }) });

async function answer(request: Request): Promise<Response> {
  if (isForeignForm(request)) return new Response("This form was sent from another site.", { status: 403 });
  const method = request.method === "HEAD" ? "GET" : request.method;
  switch (`${method} ${new URL(request.url).pathname}`) {
    case "GET /": {
      const html = page({ title: "Fetch", count: session.count ?? 0, user: getSession().subject, everywhere: true });
      return new Response(html, { headers: { "Content-Type": "text/html; charset=utf-8" } });
    }
    case "POST /add":
      // Two at the same time are counted as two; `session.count = …` would be enough where the later one may win.
      await getSession().update((data) => {
        data.count = (data.count ?? 0) + 1;
      });
      break;
    case "POST /sign-in": {
      const form = await readForm(request);
      const name = nameIn(form.get("name"));
      if (name === undefined) return new Response("A name has 1 to 60 characters.", { status: 422 });
      getSession().login(name);
      break;
    }
    case "POST /sign-out":
      getSession().logout();
      break;
    case "POST /sign-out-everywhere": {
      const { subject, id = "" } = getSession();
      if (subject !== undefined) await manager.revokeAll(subject, { except: id });
      getSession().logout();
      break;
    }
    default:
      return new Response("There is no such page.", { status: 404 });
  }
  return new Response(null, { status: 303, headers: { Location: "/" } });
}

// srvx serves it on Node, Bun and Deno alike. On a platform that calls the handler itself: `export default { fetch }`.
const server = serve({
  fetch: sessions(manager)(answer),
  port: Number(process.env.PORT ?? 3000),
  hostname: "127.0.0.1",
  gracefulShutdown: false,
  silent: true,
});
await server.ready();
console.log(server.url?.replace("127.0.0.1", "localhost"));

async function stop(): Promise<void> {
  await server.close();
  await manager.close();
}
process.once("SIGINT", stop);
process.once("SIGTERM", stop);
