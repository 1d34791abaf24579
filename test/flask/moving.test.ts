import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SessionOptions } from "../../src/core/options.ts";
import type { FlaskConfig } from "../../src/flask/index.ts";
import { flaskSession, moveFromFlask, Tuple } from "../../src/flask/index.ts";
import { createSessionManager, type Session, type SessionManager } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";

const SECRET_KEY = "flask";
const secret = "of our own, at least 32 characters long";

declare module "dewar" {
  interface SessionData {
    cart?: unknown;
    point?: unknown;
  }
}

/** Where Flask keeps sessions, and where they go. */
const ways: Record<string, { config: () => FlaskConfig; options: () => SessionOptions }> = {
  "from Flask-Session to a store": {
    config: () => ({ SESSION_TYPE: "sqlalchemy", SESSION_SQLALCHEMY: { sqlite: new DatabaseSync(":memory:") } }),
    options: () => ({ store: memoryStore(), secret }),
  },
  "from Flask-Session with its signer to a store": {
    config: () => ({
      SESSION_TYPE: "sqlalchemy",
      SESSION_SQLALCHEMY: { sqlite: new DatabaseSync(":memory:") },
      SESSION_USE_SIGNER: true,
      SECRET_KEY,
    }),
    options: () => ({ store: memoryStore(), secret }),
  },
  "from Flask's cookie to a store": {
    config: () => ({ SECRET_KEY }),
    options: () => ({ store: memoryStore(), secret }),
  },
  "from Flask's cookie to ours": { config: () => ({ SECRET_KEY }), options: () => ({ secret }) },
};

describe.each(Object.entries(ways))("%s", (_name, way) => {
  let flask: SessionManager;
  let both: SessionManager;
  let own: SessionManager;

  beforeAll(() => {
    const config = way.config();
    const options = way.options();
    flask = createSessionManager(flaskSession(config));
    both = createSessionManager(moveFromFlask(config, options));
    own = createSessionManager(options);
  });
  afterAll(() => Promise.all([flask, both, own].map((manager) => manager.close())));

  const signIn = (session: Session) => {
    session.login("bob");
    Object.assign(session.data, { cart: ["tea"], point: Tuple.of(1, 2) });
    session.flash("Welcome");
  };

  it("nobody is signed out", async () => {
    const theirs = await visit(flask, undefined, signIn);
    const first = await visit(both, theirs, (session) => {
      expect(session.subject).toBe("bob");
      expect(session.data).toEqual({ cart: ["tea"], point: [1, 2] });
      expect(session.flashes()).toEqual([{ message: "Welcome", category: "message" }]);
    });
    expect(first).not.toBe(theirs);
    // Our own options alone read what was taken over.
    const second = await visit(own, first, (session) => {
      expect(session.subject).toBe("bob");
      expect(session.data).toEqual({ cart: ["tea"], point: [1, 2] });
      expect(session.createdAt).toBeInstanceOf(Date);
    });
    expect(second).toBe(first);
  });

  it("an untouched session stays what it is, whichever request comes first", async () => {
    const theirs = await visit(flask, undefined, signIn);
    expect(await visit(both, theirs, () => {})).toBe(theirs);
    expect(await visit(both, theirs, () => {})).toBe(theirs);
    await visit(both, theirs, (session) => expect(session.subject).toBe("bob"));
  });

  it("requests that come together find the same session", async () => {
    const theirs = await visit(flask, undefined, signIn);
    const look = () => visit(both, theirs, () => {});
    await Promise.all([look(), look(), look()]);
    await visit(both, theirs, (session) => expect(session.data.cart).toEqual(["tea"]));
  });

  it("what is no cookie of Flask's is nobody's", async () => {
    for (const cookie of ["session=unknown-id-of-nobody", "session=eyJhIjoxfQ.ZVPxAA.AAAAAAAAAAAAAAAAAAAAAAAAAAA"]) {
      await visit(both, cookie, (session) => expect(session.isNew).toBe(true));
    }
  });
});

it("two visitors who have the same cookie of Flask's are two", async () => {
  const options = { store: memoryStore(), secret };
  const [flask, both] = [flaskSession({ SECRET_KEY }), moveFromFlask({ SECRET_KEY }, options)].map(
    createSessionManager,
  );
  if (!flask || !both) throw new Error("no managers");
  const theirs = await visit(flask, undefined, (session) => Object.assign(session.data, { cart: [] }));
  const [one, two] = [await visit(both, theirs, (s) => void s.data), await visit(both, theirs, (s) => s.login("ann"))];
  expect(one).not.toBe(two);
  await visit(both, one, (session) => expect(session.subject).toBeUndefined());
  await visit(both, two, (session) => expect(session.subject).toBe("ann"));
});

describe("in a store", () => {
  const config: FlaskConfig = {
    SESSION_TYPE: "sqlalchemy",
    SESSION_SQLALCHEMY: { sqlite: new DatabaseSync(":memory:") },
  };
  const flask = createSessionManager(flaskSession(config));
  const both = createSessionManager(moveFromFlask(config, { store: memoryStore(), secret }));

  it("a session that was taken over is listed, and gone from Flask's store", async () => {
    const theirs = await visit(flask, undefined, (session) => session.login("ann"));
    await visit(both, theirs, () => {});
    const listed = [];
    for await (const info of both.list({ subject: "ann" })) listed.push(info.subject);
    expect(listed).toEqual(["ann"]);
    await visit(flask, theirs, (session) => expect(session.isNew).toBe(true));
  });

  it("after a logout nothing comes back", async () => {
    const theirs = await visit(flask, undefined, (session) => session.login("eve"));
    await visit(both, theirs, (session) => session.logout());
    await visit(both, theirs, (session) => expect(session.subject).toBeUndefined());
    await visit(flask, theirs, (session) => expect(session.isNew).toBe(true));
  });
});

it("takes a secret, no wire, and a store where Flask had one", () => {
  const config: FlaskConfig = { SECRET_KEY };
  expect(() => moveFromFlask(config, { store: memoryStore() })).toThrow(/^secret: needed/);
  expect(() => moveFromFlask(config, { secret, wire: [] })).toThrow(/^wire: /);
  const stored: FlaskConfig = { SESSION_TYPE: "filesystem", SESSION_FILE_DIR: "/nowhere" };
  expect(() => moveFromFlask(stored, { secret })).toThrow(/^store: needed/);
});

/** The cookie that the visitor has afterwards. */
async function visit(
  manager: SessionManager,
  cookie: string | undefined,
  look: (session: Session) => void,
): Promise<string | undefined> {
  const session = await manager.open(cookie);
  look(session);
  const headers = await manager.commit(session);
  const line = headers.find(([name]) => name === "Set-Cookie")?.[1];
  return line?.split(";", 1)[0] ?? cookie;
}
