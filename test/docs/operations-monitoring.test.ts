import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createSessionManager, type SessionEvent } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { withMethods } from "../core/lib/stores.ts";
import { Visitor, write } from "../core/lib/visitor.ts";

const PAGE = readFileSync("docs/operations/monitoring.md", "utf8");

/** The types of the union, each with the names of what it holds, from the source. */
function union(): Record<string, string[]> {
  const source = readFileSync("src/core/events.ts", "utf8");
  const members = source.matchAll(/^ {2}\| \{ type: "([\w-]+)"(.*?) \}/gm);
  return Object.fromEntries(
    [...members].map(([, type, rest]) => [
      type,
      [...(rest ?? "").matchAll(/(\w+)\??:/g)].map(([, name]) => name ?? ""),
    ]),
  );
}

/** The page's table of events, in the same form. */
function table(): Record<string, string[]> {
  const section = PAGE.slice(PAGE.indexOf("## The events"), PAGE.indexOf("## Metrics"));
  const rows = section.matchAll(/^\| `([\w-]+)` \|.*\| ([^|]+) \|$/gm);
  return Object.fromEntries(
    [...rows].map(([, type, holds]) => [type, [...(holds ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name ?? "")]),
  );
}

describe("the page on monitoring", () => {
  it("has every event, and what each holds", () => {
    const events = union();
    expect(Object.keys(events).length).toBeGreaterThan(15);
    expect(sorted(table())).toEqual(sorted(events));
    expect(PAGE).toContain(`(${Object.keys(events).length} values)`);
  });
});

function sorted(events: Record<string, string[]>): [string, string[]][] {
  return Object.entries(events)
    .map(([type, holds]): [string, string[]] => [type, holds.toSorted()])
    .toSorted(([a], [b]) => a.localeCompare(b));
}

describe("an event", () => {
  it("store-error comes for each call that fails, also where the request succeeds at the second try", async () => {
    const events: SessionEvent[] = [];
    const inner = memoryStore();
    let failing = 0;
    const store = withMethods(inner, {
      read: (...args) => (failing-- > 0 ? Promise.reject(new Error("cut")) : inner.read(...args)),
    });
    const browser = new Visitor(createSessionManager({ store, onEvent: (event) => void events.push(event) }));
    await browser.visit(write("a", 1));
    events.length = 0;
    failing = 1;
    expect((await browser.look()).data).toEqual({ a: 1 });
    expect(events.map(({ type }) => type)).toEqual(["store-error"]);
    failing = 2;
    await expect(browser.look()).rejects.toMatchObject({ code: "ERR_STORE", status: 503 });
    expect(events.map(({ type }) => type)).toEqual(["store-error", "store-error", "store-error"]);
  });

  it("has the same id in all that tell of one session", async () => {
    const events: SessionEvent[] = [];
    const manager = createSessionManager({ store: memoryStore(), onEvent: (event) => void events.push(event) });
    const browser = new Visitor(manager);
    await browser.visit((session) => session.login("alice"));
    await browser.visit(write("a", 1));
    const { id = "" } = await browser.look();
    await manager.revoke(id);
    expect(events.map((event) => [event.type, "id" in event && event.id])).toEqual([
      ["created", id],
      ["replaced", id],
      ["revoked", id],
    ]);
  });
});
