import formbody from "@fastify/formbody";
import { createSessionManager, getSession, session } from "dewar";
import { sessions } from "dewar/fastify";
import { sqliteStore } from "dewar/stores/sqlite";
import fastify from "fastify";
import { isForeignForm, nameIn } from "./forms.ts";
import { page } from "./page.ts";

declare module "dewar" {
  interface SessionData {
    count?: number;
  }
}

const manager = createSessionManager({ store: sqliteStore({ file: "sessions.sqlite" }) });
const app = fastify();

app.addHook("onRequest", async (request, reply) => {
  if (isForeignForm(request)) return reply.code(403).send("This form was sent from another site.");
});
await app.register(sessions, manager);
await app.register(formbody, { bodyLimit: 10_000 });

app.get("/", async (_request, reply) => {
  reply.type("text/html; charset=utf-8");
  return page({ title: "Fastify", count: session.count ?? 0, user: getSession().subject, everywhere: true });
});

app.post("/add", async (_request, reply) => {
  // Two at the same time are counted as two; `session.count = …` would be enough where the later one may win.
  await getSession().update((data) => {
    data.count = (data.count ?? 0) + 1;
  });
  return reply.redirect("/", 303);
});

app.post<{ Body?: { name?: unknown } }>("/sign-in", async (request, reply) => {
  const name = nameIn(request.body?.name);
  if (name === undefined) return reply.code(422).send("A name has 1 to 60 characters.");
  getSession().login(name);
  return reply.redirect("/", 303);
});

app.post("/sign-out", async (_request, reply) => {
  getSession().logout();
  return reply.redirect("/", 303);
});

app.post("/sign-out-everywhere", async (_request, reply) => {
  const { subject, id = "" } = getSession();
  if (subject !== undefined) await manager.revokeAll(subject, { except: id });
  getSession().logout();
  return reply.redirect("/", 303);
});

app.addHook("onClose", () => manager.close());
await app.listen({ port: Number(process.env.PORT ?? 3000), host: "127.0.0.1" });
console.log(app.listeningOrigin.replace("127.0.0.1", "localhost"));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => app.close());
