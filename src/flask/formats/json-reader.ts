import { type PyDict, type PyValue, setKey } from "../python/values.ts";
import { DEEPEST } from "./format.ts";
import { floatOf, intOf } from "./json-numbers.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const LIST = 0x5b;
const LIST_END = 0x5d;
const DICT = 0x7b;
const DICT_END = 0x7d;
const SPACE = 0x20;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y;
const ESCAPES = new Map<string | undefined, string>(
  Object.entries({ b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\", "/": "/" }),
);
const FOUR_DIGITS = /^[0-9a-fA-F]{4}$/;

/**
 * Reads one value, as strictly as msgspec. Where the text is no JSON, every method returns `undefined`, and so does its
 * caller. (JSON.parse tells neither 1.0 from 1 nor long ints from others, and V8 13 misreads some keys with escapes.)
 */
export class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): PyValue | undefined {
    const value = this.#value(0);
    this.#next();
    return this.#at === this.#text.length ? value : undefined;
  }

  #value(depth: number): PyValue | undefined {
    switch (this.#next()) {
      case QUOTE:
        return this.#string();
      case DICT:
        return this.#dict(depth);
      case LIST:
        return this.#list(depth);
      case 0x74:
        return this.#word("true", true);
      case 0x66:
        return this.#word("false", false);
      case 0x6e:
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #word<T extends PyValue>(word: string, value: T): T | undefined {
    if (!this.#text.startsWith(word, this.#at)) return undefined;
    this.#at += word.length;
    return value;
  }

  #list(depth: number): PyValue[] | undefined {
    if (depth === DEEPEST) return undefined;
    const list: PyValue[] = [];
    this.#at++;
    if (this.#take(LIST_END)) return list;
    do {
      const item = this.#value(depth + 1);
      if (item === undefined) return undefined;
      list.push(item);
    } while (this.#take(COMMA));
    return this.#take(LIST_END) ? list : undefined;
  }

  #dict(depth: number): PyDict | undefined {
    if (depth === DEEPEST) return undefined;
    const dict: PyDict = {};
    this.#at++;
    if (this.#take(DICT_END)) return dict;
    do {
      const key = this.#next() === QUOTE ? this.#string() : undefined;
      const value = key !== undefined && this.#take(COLON) ? this.#value(depth + 1) : undefined;
      if (key === undefined || value === undefined) return undefined;
      setKey(dict, key, value);
    } while (this.#take(COMMA));
    return this.#take(DICT_END) ? dict : undefined;
  }

  #string(): string | undefined {
    const text = this.#text;
    const start = this.#at + 1;
    for (let at = start; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.#at = at + 1;
        return text.slice(start, at);
      }
      if (code === BACKSLASH) return this.#escaped(start, at);
      if (code < SPACE) return undefined;
    }
    return undefined;
  }

  /** A string that began at `start`, and whose first backslash is at `backslash`. */
  #escaped(start: number, backslash: number): string | undefined {
    const text = this.#text;
    let unescaped = text.slice(start, backslash);
    let at = backslash;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.#at = at + 1;
        // An escape may have brought half a character.
        return unescaped.isWellFormed() ? unescaped : undefined;
      }
      if (code < SPACE) return undefined;
      if (code !== BACKSLASH) {
        unescaped += text[at++];
        continue;
      }
      const isCode = text[at + 1] === "u";
      const character = isCode ? characterOf(text.slice(at + 2, at + 6)) : ESCAPES.get(text[at + 1]);
      if (character === undefined) return undefined;
      unescaped += character;
      at += isCode ? 6 : 2;
    }
    return undefined;
  }

  #number(): PyValue | undefined {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) return undefined;
    this.#at = NUMBER.lastIndex;
    const [text, fraction, exponent] = match;
    return fraction === undefined && exponent === undefined ? intOf(text) : floatOf(text);
  }

  /** The code that is next after blanks; NaN at the end. */
  #next(): number {
    let code = this.#text.charCodeAt(this.#at);
    while (code === SPACE || code === 0x0a || code === 0x0d || code === 0x09) code = this.#text.charCodeAt(++this.#at);
    return code;
  }

  /** Whether `code` is next, which is then passed. */
  #take(code: number): boolean {
    if (this.#next() !== code) return false;
    this.#at++;
    return true;
  }
}

function characterOf(digits: string): string | undefined {
  return FOUR_DIGITS.test(digits) ? String.fromCharCode(Number.parseInt(digits, 16)) : undefined;
}
