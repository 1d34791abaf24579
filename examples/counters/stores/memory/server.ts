import { createServer } from "node:http";
import { getSession, session } from "dewar";
import { sessions } from "dewar/express";
import express from "express";
import { isForeignForm, nameIn } from "./forms.ts";
import { page } from "./page.ts";
import { serve } from "./serve.ts";
import { close, everywhere, manager, title } from "./sessions.ts";

declare module "dewar" {
  interface SessionData {
    count?: number;
  }
}

const app = express();

app.use((req, res, next) => {
  if (isForeignForm(req)) res.status(403).send("This form was sent from another site.");
  else next();
});
app.use(sessions(manager));
app.use(express.urlencoded({ extended: false }));

app.get("/", (_req, res) => {
  res.send(page({ title, count: session.count ?? 0, user: getSession().subject, everywhere }));
});

app.post("/add", async (_req, res) => {
  // Two at the same time are counted as two; `session.count = …` would be enough where the later one may win.
  await getSession().update((data) => {
    data.count = (data.count ?? 0) + 1;
  });
  res.redirect(303, "/");
});

app.post("/sign-in", (req, res) => {
  const name = nameIn(req.body?.name);
  if (name === undefined) return void res.status(422).send("A name has 1 to 60 characters.");
  getSession().login(name);
  res.redirect(303, "/");
});

app.post("/sign-out", (_req, res) => {
  getSession().logout();
  res.redirect(303, "/");
});

if (everywhere) {
  app.post("/sign-out-everywhere", async (_req, res) => {
    const { subject, id = "" } = getSession();
    if (subject !== undefined) await manager.revokeAll(subject, { except: id });
    getSession().logout();
    res.redirect(303, "/");
  });
}

serve(createServer(app), close);
