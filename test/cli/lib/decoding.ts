import { expect } from "vitest";
import type { SessionOptions } from "../../../src/core/options.ts";
import { createSessionManager, type SessionManager } from "../../../src/index.ts";
import { type Invoked, invoke, type World } from "./invoke.ts";

export interface Decoded {
  name: string | null;
  kind: string;
  verdict: string;
  why: string;
  secret: number | null;
  id: string | null;
  user: string | null;
  madeAt: string | null;
  endsAt: string | null;
  data: Record<string, unknown> | null;
  notes: string[];
}

/** The cookie on stdin, which is also what is recommended. */
export async function decode(
  cookie: string,
  args: string[] = [],
  world: World = {},
): Promise<Decoded & Pick<Invoked, "code">> {
  const { code, stdout, stderr } = await invoke(["decode", "-", "--json", ...args], { ...world, stdin: cookie });
  expect(stderr).toBe("");
  // Nothing of a cookie that opens a session may be printed.
  for (const part of cookie.split(/[.=; ]|s:/).filter((text) => text.length > 40)) expect(stdout).not.toContain(part);
  const { cookies } = JSON.parse(stdout);
  expect(cookies).toHaveLength(1);
  return { code, ...cookies[0] };
}

/** `session=value`, with a user and a cart in it. */
export async function cookieOf(
  manager: SessionManager,
  data: object = { cart: ["tea"], csrf_token: "hush" },
): Promise<string> {
  const session = await manager.open(undefined);
  session.login("user-42");
  Object.assign(session.data, data);
  const headers = await manager.commit(session);
  return headers.find(([name]) => name === "Set-Cookie")?.[1].split(";")[0] ?? "";
}

export const sealing = (options: SessionOptions): Promise<string> => cookieOf(createSessionManager(options));
