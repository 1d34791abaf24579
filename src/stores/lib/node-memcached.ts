import type { Buffer } from "node:buffer";
import { hash } from "node:crypto";
import { Socket } from "node:net";
import { checkCas, type MemcachedDriver, unexpected } from "./memcached-driver.ts";
import { lost, MemcachedTalk } from "./memcached-talk.ts";
import { ADDED, DELETED, meaningOf, SWAPPED, TOUCHED } from "./memcached-words.ts";
import { assertOption } from "./options.ts";

type Callback = (error: unknown, result: unknown) => void;

/** A client of `memcached`. */
export interface NodeMemcached {
  remove?: unknown;
  gets: unknown;
  cas: unknown;
  del: unknown;
  getMulti: unknown;
}

/** Tells a client of `memcached` from anything else. */
export function isNodeMemcached(client: unknown): client is NodeMemcached {
  const methods = ["gets", "cas", "del", "getMulti"];
  return typeof client === "object" && client !== null && methods.every((method) => method in client);
}

/** What a client has, but its types don't tell. */
interface Inside {
  readonly namespace: string;
  readonly servers: readonly string[];
  readonly HashRing: { get(key: string): string };
  /** Gives a connection of those that it keeps for a server; `false` for one that it holds dead. */
  connect(server: string, callback: Callback): void;
}

function hasInside(client: NodeMemcached): client is NodeMemcached & Inside {
  return ["namespace", "servers", "HashRing", "connect"].every((name) => name in client);
}

/**
 * Drives a client of `memcached` past its own commands, which read and write text and break on other bytes. The client chooses
 * the server, and opens, keeps and closes the connections; what is said on them is ours.
 */
export function nodeMemcachedDriver(client: NodeMemcached): MemcachedDriver {
  assertOption(hasInside(client), "client", "of memcached 2: of another version the connections can't be reached");
  assertOption(
    NAMESPACE.test(client.namespace),
    "client",
    "with a namespace of 200 characters at most, without spaces",
  );
  const talks = Talks.of(client);
  const ask = async <Meaning>(
    key: string,
    line: (fullKey: string) => string,
    meanings: Meanings<Meaning>,
    value?: Buffer,
  ): Promise<Meaning> => {
    const fullKey = within(client.namespace, key);
    const talk = await talks.with(fullKey);
    const isAnswer = ([word = ""]: readonly string[]) => Object.hasOwn(meanings, word);
    const { words } = await talk.ask({ line: line(fullKey), isAnswer, ...(value && { value }) });
    const meant = meaningOf(words[0] ?? "", meanings);
    if (meant === undefined) throw refusal(words);
    return meant;
  };
  const linesOf = (command: string, value: Buffer, lifetime: number, cas: string) => (fullKey: string) =>
    `${command} ${fullKey} 0 ${lifetime} ${value.length}${cas}`;
  return {
    async get(key) {
      const fullKey = within(client.namespace, key);
      const talk = await talks.with(fullKey);
      const isAnswer = ([word, found]: readonly string[]) => word === "END" || (word === "VALUE" && found === fullKey);
      const { words, value } = await talk.ask({ line: `gets ${fullKey}`, isAnswer });
      if (words[0] === "END") return undefined;
      const [, , flags, , cas] = words;
      if (!value || !isAnswer(words)) throw refusal(words);
      return { value, flags: Number(flags), cas: checkCas(String(cas)) };
    },
    add: (key, value, lifetime) => ask(key, linesOf("add", value, lifetime, ""), ADDED, value),
    cas: (key, value, cas, lifetime) => ask(key, linesOf("cas", value, lifetime, ` ${cas}`), SWAPPED, value),
    delete: (key) => ask(key, (fullKey) => `delete ${fullKey}`, DELETED),
    touch: (key, lifetime) => ask(key, (fullKey) => `touch ${fullKey} ${lifetime}`, TOUCHED),
  };
}

type Meanings<Meaning> = Readonly<Record<string, Meaning>>;

/** Memcached takes no longer one. */
const MOST_KEY_CHARACTERS = 250;
/** With a digest behind it, a key. The server would read what comes after a line that it doesn't understand as commands. */
const NAMESPACE = /^[!-~]{0,200}$/;

/** With a long namespace, a key that would be too long becomes its digest. */
function within(namespace: string, key: string): string {
  const whole = namespace + key;
  return whole.length <= MOST_KEY_CHARACTERS ? whole : namespace + hash("sha256", key, "base64url");
}

/** Any other words than of an error could hold a key, which belongs in no log. */
function refusal(words: readonly string[]): Error {
  const isError = /^((SERVER|CLIENT)_)?ERROR$/.test(words[0] ?? "");
  return isError ? new Error(`Memcached refused a command: ${words.join(" ")}.`) : unexpected();
}

/** One connection to each server, over which all commands go: the client has none to spare for many that come at once. */
class Talks {
  static readonly #all = new WeakMap<Inside, Talks>();
  readonly #client: Inside;
  readonly #open = new Map<string, MemcachedTalk>();
  readonly #opening = new Map<string, Promise<MemcachedTalk>>();

  /** Those of a client, however many stores it has. */
  static of(client: Inside): Talks {
    const talks = Talks.#all.get(client) ?? new Talks(client);
    Talks.#all.set(client, talks);
    return talks;
  }

  private constructor(client: Inside) {
    this.#client = client;
  }

  /** With the server of this key. */
  async with(key: string): Promise<MemcachedTalk> {
    const { servers, HashRing } = this.#client;
    const [first] = servers;
    const server = servers.length === 1 && first !== undefined ? first : HashRing.get(key);
    const talk = this.#open.get(server);
    return talk?.isOpen ? talk : (this.#opening.get(server) ?? this.#start(server));
  }

  #start(server: string): Promise<MemcachedTalk> {
    const opening = this.#connect(server).finally(() => this.#opening.delete(server));
    this.#opening.set(server, opening);
    return opening;
  }

  async #connect(server: string): Promise<MemcachedTalk> {
    const socket = await new Promise((resolve, reject) => {
      this.#client.connect(ownPool(server), (error, found) => (error ? reject(lost()) : resolve(found)));
    });
    if (socket === false) throw lost();
    if (!(socket instanceof Socket)) throw unexpected();
    const talk = new MemcachedTalk(socket);
    this.#open.set(server, talk);
    return talk;
  }
}

/**
 * Another name of the same server, `host:port` or a path: for it the client keeps connections apart from those that its own
 * commands use, which wouldn't understand our answers.
 */
function ownPool(server: string): string {
  if (server.startsWith("/")) return `/${server}`;
  const [, host = server, port = "11211"] = /^(.+):(\d+)$/.exec(server) ?? [];
  return `${host}:0${port}`;
}
