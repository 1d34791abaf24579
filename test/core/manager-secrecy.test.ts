import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { toEngine } from "../../src/core/engine.ts";
import { createSessionManager, type Session, type SessionEvent, type SessionOptions } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { settableClock } from "../../src/testing/clock.ts";
import { OLD_SECRET, recordingStore, SECRET, withMethods } from "./lib/stores.ts";
import { dataOf, Visitor, write } from "./lib/visitor.ts";

/** All that could reach a log: events, errors, what handles and listings print. */
class Log {
  readonly texts: string[] = [];
  readonly types: Set<string> = new Set();

  add(value: unknown): void {
    this.texts.push(inspect(value, { depth: 20, showHidden: true }));
    this.texts.push(
      JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? String(part) : part)) ?? "",
    );
    if (value instanceof Error) this.texts.push(value.stack ?? "", value.message);
  }

  readonly onEvent = (event: SessionEvent): void => {
    this.types.add(event.type);
    this.add(event);
  };

  async attempt(act: () => unknown): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.add(error);
    }
  }
}

/** Every type of event, once at least. */
async function everything(hashIds: boolean, secret: string | undefined): Promise<{ log: Log; tokens: Set<string> }> {
  const clock = settableClock();
  const log = new Log();
  const tokens = new Set<string>();
  try {
    const inner = memoryStore();
    const signed = secret === undefined ? {} : { secret };
    const options: SessionOptions = { store: inner, hashIds, onEvent: log.onEvent, lifetime: "1d", ...signed };
    const manager = createSessionManager(options);
    const note = (browser: Visitor) => {
      for (const part of (browser.cookie ?? "").split(/[=.]/)) if (part.length === 43) tokens.add(part);
      return browser;
    };
    const signIn = async (): Promise<Visitor> => {
      const browser = new Visitor(manager);
      await browser.visit((session) => session.login("alice"));
      return note(browser);
    };
    const show = (session: Session) => {
      log.add(session);
      log.add({ ...session, id: session.id });
      return session;
    };

    // created, moved, replaced, merged, gone, ended
    const browser = await signIn();
    await browser.visit((session) => show(session).login("alice"));
    note(browser);
    await browser.visit((session) => session.update((data) => void Object.assign(data, { n: 1 })));
    const [slow, quick] = [await browser.open(), await browser.open()];
    dataOf(slow).a = dataOf(quick).b = 1;
    await manager.commit(quick);
    await manager.commit(slow);
    const late = await browser.open();
    dataOf(late).a = 2;
    await log.attempt(() => browser.visit((session) => session.logout()));
    await log.attempt(() => late.save());
    await manager.commit(show(late));

    // conflict, undecodable, store-error, lost
    const rejecting = new Visitor(createSessionManager({ ...options, onConflict: "reject" }), (await signIn()).jar);
    const [one, two] = [await rejecting.open(), await rejecting.open()];
    dataOf(one).a = dataOf(two).a = 2;
    await rejecting.manager.commit(one);
    await log.attempt(() => rejecting.manager.commit(two));
    const garbled = withMethods(inner, {
      read: async () => ({ payload: Buffer.from("junk"), version: 0, renewed: false }),
    });
    show(await createSessionManager({ ...options, store: garbled }).open((await signIn()).cookie)).data;
    const down = withMethods(inner, { replace: () => Promise.reject(new Error("down")) });
    const engine = toEngine({ ...options, store: down });
    const streaming = await engine.begin((await signIn()).cookie);
    await engine.finish(streaming, "headers");
    dataOf(streaming).a = 3;
    await engine.finish(streaming, "end");
    engine.emit({ type: "cache-control", replaced: "public" });

    // revoked, renewed, expired, unknown-token, forged, duplicate-cookie
    const [first, second] = [await signIn(), await signIn()];
    for await (const info of manager.list()) log.add(info);
    log.add(await manager.get((await first.look()).id ?? ""));
    await manager.revoke((await first.look()).id ?? "");
    const [revoked, old] = [first.cookie, second.cookie];
    clock.advance("20h");
    await second.look();
    clock.advance("5h");
    await log.attempt(async () => show(await manager.open(old)).data);
    show(await manager.open(`${revoked}; session=junk`));
    await manager.open((await signIn()).cookie);
    log.add(manager);
    await log.attempt(() => browser.visit(write("a", () => 1)));
    await log.attempt(() => browser.visit(write("a", "x".repeat(100_000))));
  } finally {
    clock.restore();
  }
  return { log, tokens };
}

const TYPES = [
  ["created", "moved", "replaced", "merged", "gone", "ended", "conflict", "undecodable", "store-error", "lost"],
  ["cache-control", "revoked", "renewed", "expired", "unknown-token", "forged", "duplicate-cookie"],
].flat();

describe.each([
  ["hashed", true, undefined],
  ["hashed, signed", true, SECRET],
  ["tokens", false, undefined],
  ["tokens, signed", false, SECRET],
] as const)("ids in the store: %s", (_name, hashIds, secret) => {
  it("every event is heard, and no log shows a token or a secret", async () => {
    const { log, tokens } = await everything(hashIds, secret);
    expect(TYPES.filter((type) => !log.types.has(type))).toEqual([]);
    expect(tokens.size).toBeGreaterThan(5);
    expect(log.texts.join("\n").length).toBeGreaterThan(1000);
    for (const token of tokens) {
      expect(log.texts.filter((text) => text.includes(token))).toEqual([]);
    }
    for (const text of log.texts) expect(text).not.toContain(SECRET);
  });
});

describe("what prints", () => {
  it("of a handle is who and which, never data or token", async () => {
    const browser = new Visitor(createSessionManager({ store: memoryStore() }));
    await browser.visit((session, data) => {
      session.login("alice");
      data.a = "private";
    });
    const session = await browser.open();
    expect(inspect(session)).not.toContain("private");
    expect(JSON.parse(JSON.stringify(session))).toEqual({
      id: session.id,
      subject: "alice",
      permanent: true,
      loaded: true,
    });
  });

  it("of a handle touches nothing", async () => {
    const browser = new Visitor(createSessionManager({ store: memoryStore() }));
    await browser.visit(write("a", 1));
    const session = await browser.open();
    expect([inspect(session), JSON.stringify(session)].join()).toContain("loaded");
    expect(await browser.commit(session)).toEqual([]);
  });
});

describe("the store", () => {
  it("sees hashes of tokens, never tokens", async () => {
    const { store, ids } = recordingStore();
    const browser = new Visitor(createSessionManager({ store, secret: [SECRET, OLD_SECRET] }));
    await browser.visit((session) => session.login("alice"));
    const token = (browser.cookie ?? "").slice("session=".length).split(".")[0] ?? "";
    await browser.visit((session) => session.regenerate());
    expect(token).toHaveLength(43);
    expect(ids.has(token)).toBe(false);
    expect(ids.has((await browser.look()).id ?? "")).toBe(true);
  });

  it("sees the token itself with hashIds: false, and then the public id is still a hash", async () => {
    const { store, ids } = recordingStore();
    const browser = new Visitor(createSessionManager({ store, hashIds: false }));
    await browser.visit(write("a", 1));
    const token = (browser.cookie ?? "").slice("session=".length);
    expect([...ids]).toEqual([token]);
    expect((await browser.look()).id).not.toBe(token);
  });

  it("a hash read from the store opens no session", async () => {
    const { store, ids } = recordingStore();
    const browser = new Visitor(createSessionManager({ store }));
    await browser.visit((session) => session.login("alice"));
    for (const id of [...ids]) expect((await browser.manager.open(`session=${id}`)).isNew).toBe(true);
  });
});

describe("an observer that throws", () => {
  it("fails no request, and is reported as a warning", async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => void warnings.push(warning);
    process.on("warning", listen);
    const onEvent = (): never => {
      throw new Error("observer");
    };
    const browser = new Visitor(createSessionManager({ store: memoryStore(), onEvent }));
    await browser.visit(write("a", 1));
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", listen);
    expect((await browser.look()).data).toEqual({ a: 1 });
    expect(warnings.map(({ message }) => message)).toContain('onEvent failed on "created": observer');
  });
});
