import { serve } from "@hono/node-server";
import { createSessionManager, getSession } from "dewar";
import { sessions } from "dewar/hono";
import { sqliteStore } from "dewar/stores/sqlite";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { isForeignForm, nameIn } from "./forms.ts";
import { page } from "./page.ts";

declare module "dewar" {
  interface SessionData {
    count?: number;
  }
}

const manager = createSessionManager({ store: sqliteStore({ file: "sessions.sqlite" }) });
const app = new Hono();

app.use(async (c, next) =>
  isForeignForm(c.req.raw) ? c.text("This form was sent from another site.", 403) : await next(),
);
app.use(bodyLimit({ maxSize: 10_000 }));
app.use(sessions(manager));

app.get("/", (c) => {
  const { count = 0 } = c.var.session;
  return c.html(page({ title: "Hono", count, user: getSession().subject, everywhere: true }));
});

app.post("/add", async (c) => {
  // Two at the same time are counted as two; `session.count = …` would be enough where the later one may win.
  await getSession().update((data) => {
    data.count = (data.count ?? 0) + 1;
  });
  return c.redirect("/", 303);
});

app.post("/sign-in", async (c) => {
  const form = await c.req.parseBody();
  const name = nameIn(form.name);
  if (name === undefined) return c.text("A name has 1 to 60 characters.", 422);
  getSession().login(name);
  return c.redirect("/", 303);
});

app.post("/sign-out", (c) => {
  getSession().logout();
  return c.redirect("/", 303);
});

app.post("/sign-out-everywhere", async (c) => {
  const { subject, id = "" } = getSession();
  if (subject !== undefined) await manager.revokeAll(subject, { except: id });
  getSession().logout();
  return c.redirect("/", 303);
});

const server = serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000), hostname: "127.0.0.1" }, ({ port }) =>
  console.log(`http://localhost:${port}`),
);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close(() => manager.close()));
