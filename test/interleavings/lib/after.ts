import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { createSessionManager, type SessionOptions, type Store } from "../../../src/index.ts";
import { Visitor } from "../../core/lib/visitor.ts";
import type { Outcome } from "./acts.ts";

export const ORIGIN = "https://shop.test/";

/** A user whom nobody else is, in a browser that is logged in. */
export async function loggedIn(
  store: Store,
  options: Partial<SessionOptions> = {},
): Promise<{ subject: string; browser: Visitor }> {
  const subject = `ann-${randomUUID()}`;
  const browser = new Visitor(createSessionManager({ storeTimeout: "10s", ...options, store }));
  await browser.visit((session, data) => {
    session.login(subject);
    data.a = 1;
  });
  return { subject, browser };
}

/** A session of the user's that lives. */
interface Living {
  id: string | undefined;
  /** Whether it still has the token from before. */
  isFormer: boolean;
  data: Record<string, unknown>;
}

export interface After {
  living: Living[];
  /** What the user's list says, where the store has one. */
  listed: string[] | undefined;
}

/** What lives under the token from before, and under those that acts have set since. */
export async function lookAfter(
  store: Store,
  subject: string,
  before: Visitor,
  outcomes: readonly Outcome[],
): Promise<After> {
  const manager = createSessionManager({ storeTimeout: "10s", store });
  const since = outcomes.map(({ cookies }) => {
    const visitor = new Visitor(manager);
    visitor.jar.receive(cookies, ORIGIN);
    return visitor;
  });
  const living: Living[] = [];
  for (const visitor of [before, ...since].filter(({ cookie }) => cookie !== undefined)) {
    const { id, data, subject: found } = await visitor.look();
    if (found === undefined) continue;
    expect(found).toBe(subject);
    living.push({ id, isFormer: visitor === before, data });
  }
  return { living, listed: store.list && (await listedIds(store, subject)) };
}

/** What the user's list says. */
export async function listedIds(store: Store, subject?: string): Promise<string[]> {
  const ids: string[] = [];
  const manager = createSessionManager({ storeTimeout: "10s", store });
  for await (const { id } of manager.list(subject === undefined ? {} : { subject })) ids.push(id);
  return ids.sort();
}
