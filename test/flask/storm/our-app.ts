import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import express from "express";
import { sessions } from "../../../src/adapters/express.ts";
import {
  createSessionManager,
  getSession,
  SessionError,
  type SessionManager,
  type SessionOptions,
} from "../../../src/index.ts";
import type { Content } from "./history.ts";

/** What a request of the storm asks for. */
export interface Order {
  /** A number that no other request has. */
  number: number;
  user?: string;
  key?: string;
  /** Milliseconds between the read and the write. */
  pause?: number;
}

export interface Answer {
  found?: Content;
  serial?: string;
  parent?: string;
  value?: string;
}

type Act = (order: Order, data: Record<string, unknown>) => Promise<Answer> | Answer;

/** Our application in the storm: `POST` of an order to the name of an act. */
export async function startOurs(options: SessionOptions): Promise<{ url: string; stop(): Promise<void> }> {
  const manager = createSessionManager(options);
  const server = appOf(manager).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await manager.close();
    },
  };
}

function appOf(manager: SessionManager): express.Express {
  const app = express();
  app.use(sessions(manager), express.json());
  app.post("/:act", async (request, response) => {
    const data = getSession().data as Record<string, unknown>;
    const found = data["serial"] === undefined ? undefined : { subject: getSession().subject, data: { ...data } };
    const { act } = request.params;
    // Nothing to write to but a session that is there; to begin needs none.
    if (found === undefined && act !== "begin") {
      response.json({});
      return;
    }
    const answer = await ACTS[act as ActName](request.body as Order, data);
    response.json({ found, ...answer });
  });
  const fail: express.ErrorRequestHandler = (error, _request, response, _next) => {
    const isEnded = error instanceof SessionError && error.code === "ERR_SESSION_ENDED";
    response.status(isEnded ? 404 : 500).json({ error: String(error) });
  };
  app.use(fail);
  return app;
}

export type ActName = "begin" | "look" | "update" | "keep" | "logout" | "regenerate" | "login";

const ACTS: Record<ActName, Act> = {
  begin: loginAs,
  look: () => ({}),
  async update({ number, pause }, { owner }) {
    const serial = `${owner}:${number}`;
    await sleep(pause);
    let parent = "";
    await getSession().update((data: Record<string, unknown>) => {
      parent = String(data["serial"]);
      data["serial"] = serial;
    });
    return { serial, parent };
  },
  async keep({ number, key = "", pause }, data) {
    const value = `${data["owner"]}:${number}`;
    await sleep(pause);
    data[key] = value;
    return { value };
  },
  logout() {
    getSession().logout();
    return {};
  },
  regenerate() {
    getSession().regenerate();
    return {};
  },
  // What a session of nobody's holds goes over to who logs in; what Flask's `logout_user` left must not.
  login: (order) => (getSession().subject === undefined ? {} : loginAs(order)),
};

function loginAs({ user = "", number }: Order): Answer {
  const serial = `${user}:${number}`;
  getSession().login(user);
  Object.assign(getSession().data, { owner: user, serial });
  return { serial };
}
