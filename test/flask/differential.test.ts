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

describe.skipIf(!hasPython).each(Object.keys(FORMATS) as PythonFormat[])(`%s, seed ${seed}`, (name) => {
  const { format, exact } = FORMATS[name];
  const codec = flaskCodec(format, [format]);
  let oracle: Oracle;
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
    oracle = await startOracle();
    sessions = fc.sample(sessionsFor(name), { numRuns: SESSIONS, seed });
    theirs = await write(sessions);
    expected = await read(theirs);
  }, 300_000);
  afterAll(() => oracle?.stop());

  it("reads what Python wrote as Python does", () => {
    for (const [index, bytes] of theirs.entries()) expect(format.read(bytes), at(index)).toStrictEqual(expected[index]);
  });

  it("writes what Python reads as its own", async () => {
    const ours = sessions.map((session) => format.write(session));
    expect(await read(ours)).toStrictEqual(expected);
    if (exact) for (const [index, bytes] of ours.entries()) expect(hex(bytes), at(index)).toBe(hex(theirs[index]));
  });

  it("leaves alone what an application didn't touch", async () => {
    const again = theirs.map((bytes, index) => {
      const record = codec.decode(bytes);
      if (record === undefined) throw new Error(`Unreadable: ${at(index)}`);
      return codec.encode(record, bytes);
    });
    if (exact) for (const [index, bytes] of again.entries()) expect(hex(bytes), at(index)).toBe(hex(theirs[index]));
    else expect(await read(again)).toStrictEqual(expected);
  });
});

function done<Answer>(answer: Answer | Refusal): Answer {
  if (answer instanceof Refusal) throw new Error(`Python refuses what it should take: ${answer.error}`);
  return answer;
}

function at(index: number): string {
  return `seed ${seed}, session ${index}`;
}

function hex(bytes: Uint8Array = new Uint8Array()): string {
  return Buffer.from(bytes).toString("hex");
}
