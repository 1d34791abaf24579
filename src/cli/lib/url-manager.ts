import { jsonCodec } from "../../codecs/json.ts";
import { Engine } from "../../core/engine.ts";
import type { SessionInfo } from "../../core/manager.ts";
import type { SessionOptions } from "../../core/options.ts";
import type { ListFilter } from "../../store.ts";
import { refused } from "./exit.ts";

/** A guess that is too short would hide sessions that live, from who ends them too. */
const ANY_LIFETIME = "36500d";

/**
 * The sessions of a store of which a URL is all that is known. Without a lifetime, it doesn't claim when they end for good. And
 * records of another format, such as Flask's, are left out and refused: there, ids are tokens, which open sessions.
 */
export class UrlManager extends Engine {
  readonly #knowsLifetime: boolean;
  readonly #foreign: { count: number };

  constructor(options: SessionOptions) {
    const foreign = { count: 0 };
    const decode: typeof jsonCodec.decode = (bytes) => {
      const record = jsonCodec.decode(bytes);
      if (record === undefined || record.rev !== undefined || record.createdAt !== undefined) return record;
      foreign.count++;
      return undefined;
    };
    super({ ...options, lifetime: options.lifetime ?? ANY_LIFETIME, codec: { ...jsonCodec, decode } });
    this.#knowsLifetime = options.lifetime !== undefined;
    this.#foreign = foreign;
  }

  override async *list(filter?: ListFilter): AsyncIterable<SessionInfo> {
    for await (const info of super.list(filter)) yield this.#known(info);
    this.#refuseForeign();
  }

  override async get(id: string): Promise<SessionInfo | undefined> {
    const info = await super.get(id);
    this.#refuseForeign();
    return info && this.#known(info);
  }

  #known(info: SessionInfo): SessionInfo {
    if (!this.#knowsLifetime) delete info.expiresAt;
    return info;
  }

  #refuseForeign(): void {
    if (this.#foreign.count === 0) return;
    throw refused(
      "this store holds sessions of another format, such as Flask's: give --config, with their own manager",
    );
  }
}
