const { getSession, createSessionManager, session } = require("dewar");
const { sessions } = require("dewar/express");
const { sqliteStore } = require("dewar/stores/sqlite");
const express = require("express");
const { isForeignForm, nameIn } = require("./forms.js");
const { page } = require("./page.js");

const manager = createSessionManager({ store: sqliteStore({ file: "sessions.sqlite" }) });
const app = express();

app.use((req, res, next) => {
  if (isForeignForm(req)) res.status(403).send("This form was sent from another site.");
  else next();
});
app.use(sessions(manager));
app.use(express.urlencoded({ extended: false }));

app.get("/", (_req, res) => {
  res.send(
    page({ title: "Express, CommonJS", count: session.count ?? 0, user: getSession().subject, everywhere: true }),
  );
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
  if (name === undefined) return res.status(422).send("A name has 1 to 60 characters.");
  getSession().login(name);
  res.redirect(303, "/");
});

app.post("/sign-out", (_req, res) => {
  getSession().logout();
  res.redirect(303, "/");
});

app.post("/sign-out-everywhere", async (_req, res) => {
  const { subject, id = "" } = getSession();
  if (subject !== undefined) await manager.revokeAll(subject, { except: id });
  getSession().logout();
  res.redirect(303, "/");
});

const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", (error) => {
  if (error) throw error;
  console.log(`http://localhost:${server.address().port}`);
});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close(() => manager.close()));
