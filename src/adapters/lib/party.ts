import type { Engine, Phase } from "../../core/engine.ts";
import type { Handle } from "../../core/handle.ts";
import type { Header } from "../../core/manager.ts";
import { addHeaders, type HeaderTarget } from "./headers.ts";
import { type NodeResponse, Snapshot } from "./node-response.ts";
import { isPromise } from "./promise.ts";

/** What of the engine a response needs. */
export type Committer = Pick<Engine, "finish" | "run" | "emit">;

/** One manager's session in a response: how far its commit has come, and the headers that are still to go out for it. */
export class Party {
  readonly engine: Committer;
  readonly handle: Handle;
  /** Gives an error of the commit to the framework. */
  readonly fail: (error: unknown) => void;
  readonly #response: NodeResponse;
  readonly #before: Snapshot;
  #stage: "open" | "headers" | "done" | "failed" = "open";
  #headers: Header[] = [];

  constructor(engine: Committer, handle: Handle, response: NodeResponse, fail: (error: unknown) => void) {
    this.engine = engine;
    this.handle = handle;
    this.fail = fail;
    this.#response = response;
    this.#before = new Snapshot(response);
  }

  get owesHeaders(): boolean {
    return this.#headers.length > 0;
  }

  addHeaders(target: HeaderTarget): void {
    addHeaders(target, this.#headers, this.engine);
    this.#headers = [];
  }

  /** Commits what `phase` asks for and wasn't done yet. `undefined`: done at once; a promise: it takes time, or failed. */
  finish(phase: Phase): Promise<void> | undefined {
    switch (this.#stage) {
      case "open":
        // Headers that left without us can't take a cookie any more: the end has to do.
        return phase === "headers" && this.#response.headersSent ? undefined : this.#finish(phase);
      case "headers":
        return phase === "headers" ? undefined : this.#finish(phase === "response" ? "end" : phase);
      default:
        return undefined;
    }
  }

  /** Like `finish`, for frameworks that await it themselves: on failure, what the handler had set is taken back. */
  settle(phase: Phase): Promise<void> | undefined {
    return this.finish(phase)?.catch(async (error: unknown) => {
      await this.takeBack();
      throw error;
    });
  }

  /** After a failure: the response is as it was before the handler, and only a cookie that `save()` owes still goes out. */
  takeBack(): Promise<void> | undefined {
    if (!this.#response.headersSent) this.#before.restore();
    return this.abandon();
  }

  /** Drops what is unsaved, because an error escapes: only a cookie that an earlier `save()` owes still goes out. */
  abandon(): Promise<void> | undefined {
    return this.#stage === "done" ? undefined : this.#finish("failed");
  }

  #finish(phase: Phase): Promise<void> | undefined {
    this.#stage = phase === "headers" ? "headers" : "done";
    try {
      const headers = this.engine.finish(this.handle, phase);
      if (!isPromise(headers)) return this.#owe(headers);
      return headers.then(
        (late) => this.#owe(late),
        (error: unknown) => this.#reject(phase, error),
      );
    } catch (error) {
      return this.#reject(phase, error);
    }
  }

  #owe(headers: readonly Header[]): undefined {
    if (headers.length > 0) this.#headers = [...this.#headers, ...headers];
  }

  #reject(phase: Phase, error: unknown): Promise<void> {
    if (phase !== "failed") this.#stage = "failed";
    return Promise.reject(error);
  }
}
