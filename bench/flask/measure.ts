import { readFlaskCookie, readValue, writeFlaskCookie, writeValue } from "../../src/flask/index.ts";
import type { PyDict } from "../../src/flask/python/values.ts";
import type { Oracle } from "../../test/flask/lib/oracle.ts";
import { median } from "../median.ts";

const formats = ["cookie", "msgpack", "json", "pickle0", "pickle4", "pickle5"] as const;
type SpeedFormat = (typeof formats)[number];

/** How thoroughly. `calls`: of each function in each round. */
export interface Effort {
  rounds: number;
  calls: number;
  warmup: number;
}

/** What a session in one format costs: microseconds, and how many times as fast as Flask. */
export interface Speed {
  session: string;
  format: SpeedFormat;
  /** A cookie that Flask compresses. */
  isCompressed: boolean;
  read: Figure;
  write: Figure;
}

interface Figure {
  flask: number;
  ours: number;
  timesAsFast: number;
}

interface Sample {
  flask: number;
  ours: number;
}

interface Case {
  session: string;
  format: SpeedFormat;
  data: PyDict;
  read: () => unknown;
  write: () => unknown;
  isCompressed: boolean;
  samples: { read: Sample[]; write: Sample[] };
}

const secret = "of the benchmark";
const month = 2_678_400;

/** All sessions in all formats. Each has its turn in every round: Flask's side, then ours, on the same CPU. */
export async function measure(
  oracle: Oracle,
  sessions: Readonly<Record<string, PyDict>>,
  effort: Effort,
  step: (what: string) => void,
): Promise<Speed[]> {
  const cases = Object.entries(sessions).flatMap(([name, data]) => formats.map((format) => caseOf(name, data, format)));
  step("warming up");
  for (const { read, write } of cases) for (const run of [read, write]) nanosecondsOf(run, effort.warmup);
  for (let round = 1; round <= effort.rounds; round++) {
    step(`round ${round} of ${effort.rounds}`);
    for (const one of cases) await takeTurn(oracle, one, effort.calls);
  }
  return cases.map(({ session, format, isCompressed, samples }) => {
    return { session, format, isCompressed, read: figureOf(samples.read), write: figureOf(samples.write) };
  });
}

function caseOf(session: string, data: PyDict, format: SpeedFormat): Case {
  const common = { session, format, data, samples: { read: [], write: [] } };
  if (format === "cookie") {
    const options = { SECRET_KEY: secret };
    const cookie = writeFlaskCookie(data, options);
    return {
      ...common,
      read: () => readFlaskCookie(cookie, options),
      write: () => writeFlaskCookie(data, options),
      isCompressed: cookie.startsWith("."),
    };
  }
  const bytes = writeValue(data, format);
  return { ...common, read: () => readValue(bytes), write: () => writeValue(data, format), isCompressed: false };
}

async function takeTurn(oracle: Oracle, { format, data, read, write, samples }: Case, calls: number): Promise<void> {
  const terms = { secret, now: Math.floor(Date.now() / 1000), maxAge: month };
  const { decode, encode } = await oracle.measure(format, data, calls, terms);
  samples.read.push({ flask: decode, ours: nanosecondsOf(read, calls) });
  samples.write.push({ flask: encode, ours: nanosecondsOf(write, calls) });
}

/** The mean of so many calls. A call that failed would look like a fast one. */
function nanosecondsOf(run: () => unknown, calls: number): number {
  const start = process.hrtime.bigint();
  for (let call = 0; call < calls; call++) {
    if (run() === undefined) throw new Error("a session of the benchmark could not be read");
  }
  return Number(process.hrtime.bigint() - start) / calls;
}

function figureOf(samples: readonly Sample[]): Figure {
  return {
    flask: median(samples.map(({ flask }) => flask)) / 1000,
    ours: median(samples.map(({ ours }) => ours)) / 1000,
    timesAsFast: median(samples.map(({ flask, ours }) => flask / ours)),
  };
}
