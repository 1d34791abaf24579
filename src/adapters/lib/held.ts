import type { Phase } from "../../core/engine.ts";
import type { Handle } from "../../core/handle.ts";
import {
  absorbHead,
  flattenHead,
  isFinalHead,
  NodeHeaders,
  type NodeRequest,
  type NodeResponse,
} from "./node-response.ts";
import { type Committer, Party } from "./party.ts";

const HELD: unique symbol = Symbol("dewar.held");
const CALLS = ["writeHead", "write", "end", "flushHeaders"] as const;

type Call = (typeof CALLS)[number];
type Method = (...args: never[]) => unknown;

interface Hooked {
  [HELD]: HeldResponse;
}

interface Source {
  unpipe?(target: unknown): void;
  destroy?(): void;
}

/**
 * Makes the response wait for the session: its headers leave only after `engine.finish` has answered. Where that needs
 * no I/O, every call passes straight through. Else the calls are held, and replayed or, should the commit fail, dropped:
 * then nothing has been sent, what the handler had set is taken back, and `fail` is given the error to answer with.
 *
 * Events of the request run in the session's context from here on.
 */
export function holdResponse(
  request: NodeRequest,
  response: NodeResponse,
  engine: Committer,
  handle: Handle,
  fail: (error: unknown) => void,
): Party {
  const party = new Party(engine, handle, response, fail);
  const known = (response as Partial<Hooked>)[HELD];
  if (known === undefined) new HeldResponse(request, response).add(party);
  else known.add(party);
  return party;
}

/** One response, and the sessions (one for each manager in the application) that it waits for. */
class HeldResponse {
  readonly #response: NodeResponse;
  readonly #methods: Record<Call, Method | undefined>;
  readonly #emit: NodeRequest["emit"];
  /** Innermost first. */
  readonly #parties: Party[] = [];
  readonly #sources: Source[] = [];
  #queue: [name: Call, args: unknown[]][] = [];
  #waiting = false;
  #ended = false;

  constructor(request: NodeRequest, response: NodeResponse) {
    const { writeHead, write, end, flushHeaders } = response;
    this.#response = response;
    this.#methods = { writeHead, write, end, flushHeaders };
    this.#emit = request.emit;
    (response as Partial<Hooked>)[HELD] = this;
    response.writeHead = HOOKS.writeHead;
    response.write = HOOKS.write;
    response.end = HOOKS.end;
    response.flushHeaders = HOOKS.flushHeaders;
    response.on("pipe", rememberSource);
    (request as Partial<Hooked>)[HELD] = this;
    request.emit = emitInContext;
  }

  add(party: Party): void {
    this.#parties.unshift(party);
  }

  /** Answers a call of the application. */
  call(name: Call, args: unknown[]): unknown {
    if (this.#waiting) return this.#keep(name, args);
    if (this.#ended || (name === "writeHead" && !isFinalHead(args))) return this.#pass(name, args);
    if (this.#commit(this.#phaseOf(name))) return this.#send(name, args);
    this.#waiting = true;
    return this.#keep(name, args);
  }

  /** Emits an event of the request in the context of its sessions. */
  emit(request: NodeRequest, args: [event: string, ...rest: unknown[]]): boolean {
    let emit = () => Reflect.apply(this.#emit, request, args) as boolean;
    if (request.listenerCount(args[0]) === 0) return emit();
    for (const { engine, handle } of this.#parties) {
      const inner = emit;
      emit = () => engine.run(handle, inner);
    }
    return emit();
  }

  get headersAreHeld(): boolean {
    return this.#queue.length > 0;
  }

  get endIsHeld(): boolean {
    return this.#queue.some(([name]) => name === "end");
  }

  remember(source: Source): void {
    this.#sources.push(source);
  }

  #phaseOf(name: Call): Phase {
    if (name !== "end") return "headers";
    return this.#response.headersSent ? "end" : "response";
  }

  /** Finishes one session after the other. False: it takes time, and goes on by itself. */
  #commit(phase: Phase): boolean {
    for (const party of this.#parties) {
      const pending = party.finish(phase);
      if (pending === undefined) continue;
      pending.then(
        () => {
          if (this.#commit(phase)) this.#release();
        },
        (error: unknown) => this.#drop(party, error),
      );
      return false;
    }
    return true;
  }

  #send(name: Call, args: unknown[]): unknown {
    let rest = args;
    if (!this.#response.headersSent && this.#parties.some((party) => party.owesHeaders)) {
      if (name === "writeHead") rest = absorbHead(this.#response, args);
      const headers = new NodeHeaders(this.#response);
      for (const party of this.#parties) party.addHeaders(headers);
    }
    if (name === "end") this.#ended = true;
    return this.#pass(name, rest);
  }

  #pass(name: Call, args: unknown[]): unknown {
    return Reflect.apply(this.#methods[name] as Method, this.#response, args);
  }

  #keep(name: Call, args: unknown[]): unknown {
    const response = this.#response;
    let kept = args;
    if (name === "writeHead") {
      if (response.headersSent) throw headersSentError();
      // At once, so that an invalid header is thrown to who set it.
      kept = absorbHead(response, args);
    }
    if (this.#queue.length === 0) pretend(response);
    this.#queue.push([name, kept]);
    if (name === "write") return false;
    return name === "flushHeaders" ? undefined : response;
  }

  #takeQueue(): [Call, unknown[]][] {
    const queue = this.#queue;
    this.#queue = [];
    this.#waiting = false;
    if (queue.length > 0) stopPretending(this.#response);
    return queue;
  }

  #release(): void {
    const calls = this.#takeQueue();
    const response = this.#response;
    try {
      for (const [name, args] of calls) this.call(name, args);
    } catch (error) {
      // Thrown by node for a bad argument; its caller is gone.
      this.#parties[0]?.fail(error);
    }
    // A held write returned false, and who waits for "drain" must hear of it.
    const stalled = calls.some(([name]) => name === "write");
    if (stalled && !response.writableEnded && !response.destroyed && !response.writableNeedDrain)
      response.emit("drain");
  }

  #drop(party: Party, error: unknown): void {
    const calls = this.#takeQueue();
    this.#cutSources();
    for (const [, args] of calls) {
      const callback = args.at(-1);
      if (typeof callback === "function") process.nextTick(callback, error);
    }
    const pending = party.takeBack();
    if (pending === undefined) party.fail(error);
    else pending.then(() => party.fail(error), party.fail);
  }

  /** What was being piped into the dropped response must not go on into the error's. */
  #cutSources(): void {
    const response = this.#response;
    response.on("unpipe", destroySource);
    for (const source of this.#sources.splice(0)) source.unpipe?.(response);
    response.off("unpipe", destroySource);
  }
}

const HOOKS: Record<Call, (this: Hooked, ...args: unknown[]) => unknown> = {
  writeHead(...args) {
    return this[HELD].call("writeHead", flattenHead(args));
  },
  write(...args) {
    return this[HELD].call("write", args);
  },
  end(...args) {
    return this[HELD].call("end", args);
  },
  flushHeaders(...args) {
    return this[HELD].call("flushHeaders", args);
  },
};

function emitInContext(this: NodeRequest & Hooked, ...args: [event: string, ...rest: unknown[]]): boolean {
  return this[HELD].emit(this, args);
}

function rememberSource(this: Hooked, source: Source): void {
  this[HELD].remember(source);
}

function destroySource(source: Source): void {
  source.destroy?.();
}

/**
 * While calls are held, the response tells what the application expects after them. The accessors stay: to delete them
 * would turn the response into a slow object.
 */
const PRETENCE: Record<"headersSent" | "writableEnded", PropertyDescriptor> & ThisType<NodeResponse & Hooked> = {
  headersSent: {
    configurable: true,
    get() {
      return this[HELD].headersAreHeld || inherited(this, "headersSent");
    },
  },
  writableEnded: {
    configurable: true,
    get() {
      return this[HELD].endIsHeld || inherited(this, "writableEnded");
    },
  },
};

function inherited(response: NodeResponse, name: string): unknown {
  return Reflect.get(Object.getPrototypeOf(response), name, response);
}

/** node:http's own field: its `headersSent` and `setHeader`, and much middleware, look at it. */
interface Http1Response {
  _header?: string | null;
}

const PRETENDED = "held";

function pretend(response: NodeResponse & Http1Response): void {
  if (response._header === null) response._header = PRETENDED;
  if (!response.headersSent) Object.defineProperty(response, "headersSent", PRETENCE.headersSent);
  if (!Object.hasOwn(response, "writableEnded")) {
    Object.defineProperty(response, "writableEnded", PRETENCE.writableEnded);
  }
}

function stopPretending(response: NodeResponse & Http1Response): void {
  if (response._header === PRETENDED) response._header = null;
}

function headersSentError(): Error {
  const error = new Error("Cannot write headers after they are sent to the client");
  return Object.assign(error, { code: "ERR_HTTP_HEADERS_SENT" });
}
