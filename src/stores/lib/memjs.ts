import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { checkCas, type MemcachedDriver, unexpected } from "./memcached-driver.ts";

/** A client of `memjs`. */
export interface Memjs {
  readonly seq: number;
  readonly options: { failover?: boolean };
  incrSeq(): void;
  server(key: string): MemjsServer | null | undefined;
  perform(
    key: string,
    request: Buffer,
    seq: number,
    callback: (error: Error | null, response: MemjsResponse) => void,
    retries: number,
  ): void;
}

interface MemjsServer {
  responseBuffer: Buffer;
  _socket?: Socket | undefined;
  error(error: Error): void;
}

interface MemjsResponse {
  header?: { status?: number; cas?: Buffer };
  extras?: Buffer;
  val?: Buffer;
}

/** Tells a client of `memjs` from anything else. */
export function isMemjs(client: unknown): client is Memjs {
  return typeof client === "object" && client !== null && "perform" in client && "incrSeq" in client;
}

// Not SET: of a value that is too large, the server would drop the old one too.
const OPCODES = { get: 0x00, add: 0x02, replace: 0x03, delete: 0x04, touch: 0x1c } as const;
const OK = 0;
const NOT_FOUND = 1;
const EXISTS = 2;
const TOO_LARGE = 3;

const HEADER = 24;
const REQUEST = 0x80;
const EMPTY: Buffer = Buffer.alloc(0);
/** The first attempt counts. The client's own repetitions could be told from late answers by nobody. */
const NO_RETRIES = 1;

/** Drives a client of `memjs` by requests of our own: its methods leave out the cas tokens that the protocol has. */
export function memjsDriver(client: Memjs): MemcachedDriver {
  return {
    async get(key) {
      const { status, cas, extras, val } = await send(client, key, request("get", key));
      if (status === NOT_FOUND) return undefined;
      return { value: val, cas: checkCas(String(cas)), flags: extras.readUInt32BE() };
    },
    async add(key, value, lifetime) {
      const { status } = await send(client, key, request("add", key, storing(lifetime), value), EXISTS);
      return status === OK;
    },
    async cas(key, value, cas, lifetime) {
      const { status } = await send(client, key, request("replace", key, storing(lifetime), value, cas), EXISTS);
      return status === OK ? "ok" : status === EXISTS ? "conflict" : "gone";
    },
    async delete(key) {
      return (await send(client, key, request("delete", key))).status === OK;
    },
    async touch(key, lifetime) {
      return (await send(client, key, request("touch", key, ending(lifetime)))).status === OK;
    },
  };
}

/** The flags, which are for clients, and are 0 for bytes; and the lifetime. */
function storing(lifetime: number): Buffer {
  return Buffer.concat([Buffer.alloc(4), ending(lifetime)]);
}

function ending(lifetime: number): Buffer {
  const extras = Buffer.alloc(4);
  extras.writeUInt32BE(lifetime);
  return extras;
}

/** A request of the binary protocol, but for its sequence number. */
function request(name: keyof typeof OPCODES, key: string, extras = EMPTY, value = EMPTY, cas = "0"): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt8(REQUEST, 0);
  header.writeUInt8(OPCODES[name], 1);
  header.writeUInt16BE(key.length, 2);
  header.writeUInt8(extras.length, 4);
  header.writeUInt32BE(extras.length + key.length + value.length, 8);
  header.writeBigUInt64BE(BigInt(cas), 16);
  return Buffer.concat([header, extras, Buffer.from(key, "latin1"), value]);
}

interface Answer {
  status: number;
  cas: bigint;
  extras: Buffer;
  val: Buffer;
}

/** Sends a request once. Besides done and not found, only an `expected` status is an answer; any other is a fault. */
function send(client: Memjs, key: string, bytes: Buffer, expected: number = OK): Promise<Answer> {
  client.incrSeq();
  const seq = client.seq >>> 0;
  bytes.writeUInt32BE(seq, 12);
  const server = client.server(key);
  // What a lost connection left half read would be taken for the beginning of the next answer.
  if (server && !server._socket) server.responseBuffer = EMPTY;
  return new Promise((resolve, reject) => {
    const answer = (error: Error | null, response: MemjsResponse) => {
      if (error) {
        if (socket !== server?._socket) leave(socket);
        return reject(error);
      }
      const { header: { status, cas } = {}, extras = EMPTY, val } = response;
      if (status === undefined || cas === undefined || val === undefined) return reject(unexpected());
      if (status !== OK && status !== NOT_FOUND && status !== expected) return reject(refusal(status));
      resolve({ status, cas: cas.readBigUInt64BE(0), extras, val });
    };
    let socket: Socket | undefined;
    client.perform(key, bytes, seq, answer, NO_RETRIES);
    if (server) socket = watch(server);
  });
}

const watched = new WeakSet<Socket>();

/** The server's connection. Closed by the server, the client would leave the requests under way without an answer. */
function watch(server: MemjsServer): Socket | undefined {
  const socket = server._socket;
  if (!socket || watched.has(socket)) return socket;
  watched.add(socket);
  return socket.once("close", () => server.error(new Error("Memcached closed the connection.")));
}

/** Of a connection that it gave up, the client would mix a late answer, and the end, into what it does on the next one. */
function leave(socket: Socket | undefined): void {
  socket?.removeAllListeners("data").removeAllListeners("close").destroy();
}

function refusal(status: number): Error {
  const reason = status === TOO_LARGE ? "the item is too large for it" : `status 0x${status.toString(16)}`;
  return new Error(`Memcached refused a command: ${reason}.`);
}
