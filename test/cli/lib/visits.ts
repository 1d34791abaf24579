import { createSessionManager, type SessionManager } from "../../../src/index.ts";
import { connectStore } from "../../../src/stores/index.ts";

export interface Visit {
  user?: string;
  data?: Record<string, unknown>;
  userAgent?: string;
}

/** Makes sessions in the store of a URL as an application would, and tells their ids. */
export async function visit(url: string, visits: Visit[]): Promise<string[]> {
  const manager = createSessionManager({ store: await connectStore(url), device: true });
  try {
    return await visitOn(manager, visits);
  } finally {
    await manager.close();
  }
}

export async function visitOn(manager: SessionManager, visits: Visit[]): Promise<string[]> {
  const ids: string[] = [];
  for (const { user, data = { seen: true }, userAgent } of visits) {
    const session = await manager.open(null, { address: "203.0.113.7", userAgent });
    Object.assign(session.data, data);
    if (user !== undefined) session.login(user);
    await manager.commit(session);
    ids.push(session.id ?? "");
  }
  return ids;
}
