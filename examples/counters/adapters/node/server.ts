import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createSessionManager, getSession, session } from "dewar";
import { sessions } from "dewar/node";
import { sqliteStore } from "dewar/stores/sqlite";
import { readForm } from "./body.ts";
import { isForeignForm, nameIn } from "./forms.ts";
import { page } from "./page.ts";
import { serve } from "./serve.ts";

declare module "dewar" {
  interface SessionData {
    count?: number;
  }
}

const manager = createSessionManager({ store: sqliteStore({ file: "sessions.sqlite" }) });

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (isForeignForm(req)) return refuse(res, 403, "This form was sent from another site.");
  const method = req.method === "HEAD" ? "GET" : req.method;
  switch (`${method} ${req.url}`) {
    case "GET /":
      res.setHeader("Content-Type", "text/html; charset=utf-8");
      res.end(page({ title: "node:http", count: session.count ?? 0, user: getSession().subject, everywhere: true }));
      return;
    case "POST /add":
      // Two at the same time are counted as two; `session.count = …` would be enough where the later one may win.
      await getSession().update((data) => {
        data.count = (data.count ?? 0) + 1;
      });
      break;
    case "POST /sign-in": {
      const form = await readForm(req);
      const name = nameIn(form.get("name"));
      if (name === undefined) return refuse(res, 422, "A name has 1 to 60 characters.");
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
      return refuse(res, 404, "There is no such page.");
  }
  res.writeHead(303, { Location: "/" }).end();
}

function refuse(res: ServerResponse, status: number, why: string): void {
  res.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(why);
}

serve(createServer(sessions(manager)(answer)), () => manager.close());
