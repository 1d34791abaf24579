import type { EventEmitter } from "node:events";
import type { HeaderTarget } from "./headers.ts";

type Value = number | string | string[];

/** What the responses of node:http and of node:http2's compatibility API have in common, as far as it is used here. */
export interface NodeResponse extends EventEmitter {
  statusCode: number;
  readonly headersSent: boolean;
  readonly writableEnded: boolean;
  readonly writableNeedDrain: boolean;
  readonly destroyed?: boolean;
  getHeader(name: string): Value | undefined;
  getHeaders(): Record<string, unknown>;
  getHeaderNames(): string[];
  setHeader(name: string, value: Value): unknown;
  appendHeader(name: string, value: string | string[]): unknown;
  removeHeader(name: string): void;
  writeHead(status: number, ...rest: never[]): unknown;
  write(chunk: never, ...rest: never[]): unknown;
  end(body: string): unknown;
  /** Always there; node's types leave it out of http2. */
  flushHeaders?(): void;
  destroy(error?: Error): unknown;
}

/** What the requests of node:http and of node:http2's compatibility API have in common, as far as it is used here. */
export interface NodeRequest extends EventEmitter {
  readonly headers: {
    readonly cookie?: string | undefined;
    readonly "user-agent"?: string | undefined;
    readonly "x-forwarded-for"?: string | string[] | undefined;
  };
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** The headers of a node response, in the way of Fetch. */
export class NodeHeaders implements HeaderTarget {
  readonly #response: NodeResponse;

  constructor(response: NodeResponse) {
    this.#response = response;
  }

  get(name: string): string | null {
    const value = this.#response.getHeader(name);
    return value === undefined ? null : Array.isArray(value) ? value.join(", ") : String(value);
  }

  set(name: string, value: string): void {
    this.#response.setHeader(name, value);
  }

  append(name: string, value: string): void {
    this.#response.appendHeader(name, value);
  }
}

/** A way back to how a response looked when this was made. */
export class Snapshot {
  readonly #response: NodeResponse;
  readonly #status: number;
  readonly #headers: [name: string, value: Value][];

  constructor(response: NodeResponse) {
    this.#response = response;
    this.#status = response.statusCode;
    this.#headers = response.getHeaderNames().map((name) => {
      const value = response.getHeader(name) as Value;
      return [name, Array.isArray(value) ? [...value] : value];
    });
  }

  restore(): void {
    const response = this.#response;
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    for (const [name, value] of this.#headers) response.setHeader(name, value);
    response.statusCode = this.#status;
    // On http2 there is no message, and its setter warns.
    if (Object.hasOwn(response, "statusMessage")) Object.assign(response, { statusMessage: undefined });
  }
}

/** The arguments of `writeHead` with an array of pairs made flat, since node takes pairs only where no header was set before. */
export function flattenHead(args: unknown[]): unknown[] {
  const headers = args.at(-1);
  return Array.isArray(headers) && Array.isArray(headers[0]) ? [...args.slice(0, -1), headers.flat()] : args;
}

/** Whether `writeHead(...args)` is a final response that node would accept. If not, node's own error is the best. */
export function isFinalHead([status, second, third]: readonly unknown[]): boolean {
  const code = Number(status) | 0;
  const headers = third ?? second;
  return code >= 200 && code <= 999 && !(Array.isArray(headers) && headers.length % 2 !== 0);
}

/**
 * Takes the headers out of the arguments of `writeHead` and sets them on the response, as node would do in `writeHead`
 * itself: so that others can be merged with them. Returns the arguments that are left.
 */
export function absorbHead(response: NodeResponse, args: readonly unknown[]): unknown[] {
  const [status, second, third] = args;
  const message = typeof second === "string" ? second : undefined;
  const headers = message === undefined ? (third ?? second) : third;
  response.statusCode = Number(status) | 0;
  if (headers !== undefined && headers !== null) setHeaders(response, headers);
  return message === undefined ? [status] : [status, message];
}

function setHeaders(response: NodeResponse, headers: object): void {
  const pairs = Array.isArray(headers) ? toPairs(headers) : Object.entries(headers);
  const isFirst = response.getHeaderNames().length === 0;
  const mayRepeat = isFirst || Array.isArray(headers);
  if (mayRepeat && !isFirst) for (const [name] of pairs) response.removeHeader(name);
  for (const [name, value] of pairs) {
    if (name === "") continue;
    if (mayRepeat) response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
}

function toPairs(list: readonly string[]): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i < list.length; i += 2) pairs.push([list[i] as string, list[i + 1] as string]);
  return pairs;
}
