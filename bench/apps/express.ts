import type { Server } from "node:http";
import express, { type Express } from "express";
import { handlers } from "./handlers.ts";

/** The Express application; `install` adds a variant's sessions to it. */
export async function expressServer(install: (app: Express) => void | Promise<void>): Promise<Server> {
  const app = express();
  await install(app);
  for (const [scenario, handle] of Object.entries(handlers)) {
    app.get(`/${scenario}`, (req, res) => {
      res.json(handle(req));
    });
  }
  return await new Promise((resolve) => {
    const server = app.listen(0, "127.0.0.1", () => resolve(server));
  });
}
