import { Float, type PyDict, type PyValue, setKey } from "../python/values.ts";
import { DEEPEST } from "./format.ts";

/** A number that JSON.parse would bend: a float, an int of 16 digits or more, −0. Text that looks like one does no harm. */
const BENT = /[:,[\s]-?(?:\d+[.eE]|\d{16})|[:,[\s]-0|^[-\d]/;
/** A key that is written with a backslash: V8 13 mixes such keys up (see src/codecs/lib/escaped-keys.ts). */
const ESCAPED_KEY = /\\.[^"\\]*"\s*:/;
const NUMBER = /(-?(?:0|[1-9]\d*))(\.\d+)?([eE][-+]?\d+)?/y;
const WORD = /null|true|false|NaN|-?Infinity/y;
const SPACE = /[ \t\n\r]*/y;
/** Python's own limit. */
const MOST_DIGITS = 4300;
const WORDS: Readonly<Record<string, PyValue>> = {
  null: null,
  true: true,
  false: false,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

/** What Python's json.loads makes of a text, as far as it is no deeper than a format may be; else `undefined`. */
export function parsePythonJson(text: string): PyValue | undefined {
  try {
    if (!BENT.test(text) && !ESCAPED_KEY.test(text)) return JSON.parse(text) as PyValue;
  } catch {
    // Python's JSON knows NaN and Infinity, too.
  }
  try {
    return new Parser(text).document();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): PyValue {
    this.#match(SPACE);
    const value = this.#value();
    this.#match(SPACE);
    if (this.#at < this.#text.length) throw new SyntaxError("more after the end");
    return value;
  }

  #value(): PyValue {
    switch (this.#text[this.#at]) {
      case '"':
        return this.#string();
      case "{":
        return this.#nested(() => this.#object());
      case "[":
        return this.#nested(() => this.#array());
    }
    const word = this.#match(WORD);
    return word === undefined ? this.#number() : (WORDS[word[0]] as PyValue);
  }

  #nested(read: () => PyValue): PyValue {
    if (this.#depth === DEEPEST) throw new SyntaxError("too deep");
    this.#depth++;
    this.#at++;
    this.#match(SPACE);
    const value = read();
    this.#depth--;
    return value;
  }

  #object(): PyDict {
    const dict: PyDict = {};
    if (this.#skip("}")) return dict;
    do {
      this.#match(SPACE);
      const key = this.#string();
      this.#match(SPACE);
      if (!this.#skip(":")) throw new SyntaxError("no colon");
      this.#match(SPACE);
      setKey(dict, key, this.#value());
      this.#match(SPACE);
    } while (this.#skip(","));
    if (!this.#skip("}")) throw new SyntaxError("no end of an object");
    return dict;
  }

  #array(): PyValue[] {
    const items: PyValue[] = [];
    if (this.#skip("]")) return items;
    do {
      this.#match(SPACE);
      items.push(this.#value());
      this.#match(SPACE);
    } while (this.#skip(","));
    if (!this.#skip("]")) throw new SyntaxError("no end of an array");
    return items;
  }

  /** JSON.parse knows all about a string but where it ends. */
  #string(): string {
    const start = this.#at;
    if (!this.#skip('"')) throw new SyntaxError("no string");
    let at = this.#at;
    for (let character = this.#text[at]; character !== '"'; character = this.#text[at]) {
      if (character === undefined) throw new SyntaxError("no end of a string");
      at += character === "\\" ? 2 : 1;
    }
    this.#at = at + 1;
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  #number(): PyValue {
    const [text, int, fraction, exponent] = this.#match(NUMBER) ?? [];
    if (text === undefined || int === undefined) throw new SyntaxError("no value");
    if (fraction !== undefined || exponent !== undefined) return floatOf(Number(text));
    const number = Number(int);
    if (Number.isSafeInteger(number)) return number === 0 ? 0 : number;
    if (int.length > MOST_DIGITS + (int.startsWith("-") ? 1 : 0)) throw new SyntaxError("an int with too many digits");
    return BigInt(int);
  }

  #skip(character: string): boolean {
    const isThere = this.#text[this.#at] === character;
    if (isThere) this.#at++;
    return isThere;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }
}

function floatOf(value: number): number | Float {
  return Number.isInteger(value) ? new Float(value) : value;
}
