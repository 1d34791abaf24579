import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { flaskCodec } from "../../src/flask/codec.ts";
import { CookieSigner } from "../../src/flask/cookie-signer.ts";
import type { Format } from "../../src/flask/formats/format.ts";
import { json } from "../../src/flask/formats/json.ts";
import { msgpack } from "../../src/flask/formats/msgpack.ts";
import { pickle0, pickle4, pickle5 } from "../../src/flask/formats/pickle.ts";
import { taggedJson } from "../../src/flask/formats/tagged-json.ts";
import type { PyDict, PyValue } from "../../src/flask/python/values.ts";
import { type CookieTerms, type Oracle, type PythonFormat, Refusal, startOracle } from "./lib/oracle.ts";
import { sessionsFor } from "./lib/random-sessions.ts";
import { toTyped } from "./lib/typed.ts";
import { hasPython } from "./lib/venv.ts";

// Both sides write and read the same sessions at random. To see a failure again: DEWAR_SEED=… .

const SESSIONS = 2000;
const seed = Number(process.env["DEWAR_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const TERMS: CookieTerms = { secret: "dev", now: 1_700_000_000 };
const NOW = new Date(TERMS.now * 1000);

/** `exact`: the same bytes for the same session. Python's pickler memoises by identity, and sets have no order. */
const FORMATS: Record<PythonFormat, { format: Format; exact: boolean }> = {
  msgpack: { format: msgpack, exact: true },
  json: { format: json, exact: true },
  cookie: { format: taggedJson, exact: true },
  pickle0: { format: pickle0, exact: false },
  pickle4: { format: pickle4, exact: false },
  pickle5: { format: pickle5, exact: false },
};

let oracle: Oracle;
// Milliseconds: the first start fetches what Python needs.
beforeAll(async () => {
  if (hasPython) oracle = await startOracle();
}, 300_000);
afterAll(() => oracle?.stop());

describe.skipIf(!hasPython).each(Object.keys(FORMATS) as PythonFormat[])(`%s, seed ${seed}`, (name) => {
  const { format, exact } = FORMATS[name];
  const codec = flaskCodec(format, [format]);
  let sessions: PyDict[];
  /** As Python wrote them, without what the cookie adds; and what Python reads in that. */
  let theirs: Uint8Array[];
  let expected: PyValue[];

  const sign = (payload: Uint8Array) => Buffer.from(new CookieSigner([TERMS.secret]).sign(payload, NOW));
  const open = (value: Uint8Array) => {
    const opened = new CookieSigner([TERMS.secret]).open(Buffer.from(value).toString(), NOW, 0);
    if (opened === undefined) throw new Error("Flask's signature doesn't hold.");
    return opened.payload;
  };
  const write = async (values: PyValue[]) => {
    const written = (await oracle.encode(name, values, TERMS)).map(done);
    return name === "cookie" ? written.map(open) : written;
  };
  const read = async (all: Uint8Array[]) =>
    (await oracle.decode(name, name === "cookie" ? all.map(sign) : all, TERMS)).map(done);

  beforeAll(async () => {
    sessions = fc.sample(sessionsFor(name), { numRuns: SESSIONS, seed });
    theirs = await write(sessions);
    expected = await read(theirs);
  });

  /** Those that aren't equal in Python with all their types, which is asked where they aren't the same text. */
  const differing = async (values: (PyValue | undefined)[]) => {
    const suspects = values.flatMap((value = "unread", index) =>
      typedText(value) === typedText(expected[index] as PyValue) ? [] : { value, index },
    );
    const areSame = await oracle.same(suspects.map(({ value, index }) => [value, expected[index] as PyValue]));
    return suspects.filter((_, at) => !areSame[at]).map(({ index }) => index);
  };
  const rewritten = (all: Uint8Array[]) =>
    all.flatMap((bytes, index) => (hex(bytes) === hex(theirs[index]) ? [] : index));

  it("reads what Python wrote as Python does", async () => {
    expect(await differing(theirs.map((bytes) => format.read(bytes)))).toEqual([]);
  });

  it("writes what Python reads as its own", async () => {
    const ours = sessions.map((session) => format.write(session));
    expect(await differing(await read(ours))).toEqual([]);
    if (exact) expect(rewritten(ours)).toEqual([]);
  });

  it("leaves alone what an application didn't touch", async () => {
    const again = theirs.map((bytes, index) => {
      const record = codec.decode(bytes);
      if (record === undefined) throw new Error(`Session ${index} can't be read.`);
      return codec.encode(record, bytes);
    });
    if (exact) expect(rewritten(again)).toEqual([]);
    else expect(await differing(await read(again))).toEqual([]);
  });
});

function done<Answer>(answer: Answer | Refusal): Answer {
  if (answer instanceof Refusal) throw new Error(`Python refuses what it should take: ${answer.error}`);
  return answer;
}

function typedText(value: PyValue): string {
  return JSON.stringify(toTyped(value));
}

function hex(bytes: Uint8Array = new Uint8Array()): string {
  return Buffer.from(bytes).toString("hex");
}
