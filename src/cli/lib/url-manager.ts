import { Engine } from "../../core/engine.ts";
import type { SessionInfo } from "../../core/manager.ts";
import type { SessionOptions } from "../../core/options.ts";
import type { ListFilter } from "../../store.ts";

/** A guess that is too short would hide sessions that live, from who ends them too. */
const ANY_LIFETIME = "36500d";

/** The sessions of a store of which a URL is all that is known: without a lifetime, it doesn't claim when they end for good. */
export class UrlManager extends Engine {
  readonly #knowsLifetime: boolean;

  constructor(options: SessionOptions) {
    super({ ...options, lifetime: options.lifetime ?? ANY_LIFETIME });
    this.#knowsLifetime = options.lifetime !== undefined;
  }

  override async *list(filter?: ListFilter): AsyncIterable<SessionInfo> {
    for await (const info of super.list(filter)) yield this.#known(info);
  }

  override async get(id: string): Promise<SessionInfo | undefined> {
    const info = await super.get(id);
    return info && this.#known(info);
  }

  #known(info: SessionInfo): SessionInfo {
    if (!this.#knowsLifetime) delete info.expiresAt;
    return info;
  }
}
