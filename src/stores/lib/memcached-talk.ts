import { Buffer } from "node:buffer";
import type { Socket } from "node:net";

const END_OF_LINE = "\r\n";
const END = "END\r\n";
/** In milliseconds. A connection that stays silent for so long is dead, though nothing says so: its ways were cut. */
const PATIENCE = 5000;
const LENGTH = /^\d{1,10}$/;

/** An answer: the words of its first line; and for `VALUE` what follows, to the end. */
export interface Reply {
  words: string[];
  value?: Buffer;
}

/** What is sent, and whether what comes back can be an answer to it. */
export interface Question {
  line: string;
  value?: Buffer;
  isAnswer(words: readonly string[]): boolean;
}

interface Waiting {
  /** By the clock of `performance.now()`. */
  since: number;
  isAnswer: Question["isAnswer"];
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

/** What the server says of a command that it understood and couldn't carry out: it goes on with the next one. */
const OWN_FAULT = "SERVER_ERROR";

/**
 * Memcached's text protocol on a connection for it alone. Answers come in the order of the questions. One that can't be an
 * answer to its question (what wasn't understood can be answered twice) ends the connection: what follows would be taken for
 * answers of others, a session for another one.
 */
export class MemcachedTalk {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];
  #received: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.removeAllListeners("data");
    socket.setEncoding("latin1"); // the client had set another, and there is no way back to none
    socket.on("data", (text: string) => this.#receive(Buffer.from(text, "latin1")));
    socket.on("close", () => this.#end());
  }

  get isOpen(): boolean {
    return this.#socket.writable;
  }

  /** Resolves to an answer, or to the words of a fault. */
  ask({ line, value, isAnswer }: Question): Promise<Reply> {
    if (this.#isSilent()) this.#socket.destroy();
    if (!this.isOpen) return Promise.reject(lost());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ since: performance.now(), isAnswer, resolve, reject });
      const body = value ? [value, Buffer.from(END_OF_LINE)] : [];
      this.#socket.write(Buffer.concat([Buffer.from(line + END_OF_LINE), ...body]));
    });
  }

  #isSilent(): boolean {
    const [oldest] = this.#waiting;
    return oldest !== undefined && performance.now() - oldest.since > PATIENCE;
  }

  #receive(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    for (;;) {
      const found = parse(this.#received);
      if (!found) return;
      this.#received = this.#received.subarray(found.length);
      const asked = this.#waiting.shift();
      // An answer too many would be taken for that of the next question.
      if (!asked) return void this.#socket.destroy();
      asked.resolve(found.reply);
      const { words } = found.reply;
      if (asked.isAnswer(words) || words[0] === OWN_FAULT) continue;
      this.#socket.destroy();
      return void this.#end();
    }
  }

  #end(): void {
    for (const { reject } of this.#waiting.splice(0)) reject(lost());
  }
}

export function lost(): Error {
  return new Error("memcached: the connection was lost.");
}

/** The first answer, if it is complete. */
function parse(received: Buffer): { reply: Reply; length: number } | undefined {
  const lineEnd = received.indexOf(END_OF_LINE);
  if (lineEnd === -1) return undefined;
  const words = received.toString("latin1", 0, lineEnd).split(" ");
  const start = lineEnd + END_OF_LINE.length;
  if (words[0] !== "VALUE" || !LENGTH.test(words[3] ?? "")) return { reply: { words }, length: start };
  const end = start + Number(words[3]);
  const length = end + END_OF_LINE.length + END.length;
  if (received.length < length) return undefined;
  return { reply: { words, value: Buffer.from(received.subarray(start, end)) }, length };
}
