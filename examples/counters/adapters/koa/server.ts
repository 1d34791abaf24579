import { createServer } from "node:http";
import { bodyParser } from "@koa/bodyparser";
import { createSessionManager, getSession, session } from "dewar";
import { sessions } from "dewar/koa";
import { sqliteStore } from "dewar/stores/sqlite";
import Koa from "koa";
import { isForeignForm, nameIn } from "./forms.ts";
import { page } from "./page.ts";
import { serve } from "./serve.ts";

declare module "dewar" {
  interface SessionData {
    count?: number;
  }
}

const manager = createSessionManager({ store: sqliteStore({ file: "sessions.sqlite" }) });
const app = new Koa();

app.use((ctx, next) => (isForeignForm(ctx.req) ? ctx.throw(403, "This form was sent from another site.") : next()));
app.use(sessions(manager));
app.use(bodyParser({ enableTypes: ["form"] }));

app.use(async (ctx) => {
  switch (`${ctx.method} ${ctx.path}`) {
    case "GET /":
    case "HEAD /":
      ctx.body = page({ title: "Koa", count: session.count ?? 0, user: getSession().subject, everywhere: true });
      return;
    case "POST /add":
      // Two at the same time are counted as two; `session.count = …` would be enough where the later one may win.
      await getSession().update((data) => {
        data.count = (data.count ?? 0) + 1;
      });
      break;
    case "POST /sign-in": {
      const form: { name?: unknown } = ctx.request.body ?? {};
      const name = nameIn(form.name);
      if (name === undefined) return ctx.throw(422, "A name has 1 to 60 characters.");
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
      return; // 404
  }
  ctx.status = 303;
  ctx.redirect("/");
});

serve(createServer(app.callback()), () => manager.close());
