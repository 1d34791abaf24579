import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it, vi } from "vitest";
import { describe as describeError } from "../../src/cli/lib/errors.ts";
import { failed } from "../../src/cli/lib/exit.ts";
import type { OutStream } from "../../src/cli/lib/io.ts";
import { Output, wantsColours } from "../../src/cli/lib/output.ts";
import { Progress } from "../../src/cli/lib/progress.ts";
import { redact } from "../../src/cli/lib/redact.ts";
import { Table } from "../../src/cli/lib/table.ts";
import { fromNow } from "../../src/cli/lib/times.ts";
import { Changes } from "../../src/cli/watch/changes.ts";
import { SessionError } from "../../src/index.ts";
import { clean, cleanJson } from "../../src/inspect/clean.ts";
import { bytes } from "../../src/inspect/words.ts";
import { cpuTime } from "../lib/elapsed.ts";

afterEach(() => {
  vi.useRealTimers();
});

describe("text", () => {
  it("shows what a terminal would obey", () => {
    const rude = "a\u001b[31m\u0007\u009b1m\r\n\t\u202eb\u2028\ufeff\u{e0001}\ud800z";
    expect(clean(rude)).toBe("a\\u001b[31m\\u0007\\u009b1m\\u000d\\n\\t\\u202eb\\u2028\\ufeff\\udb40\\udc01\\ud800z");
    expect(JSON.parse(cleanJson(JSON.stringify({ rude }, undefined, 2)))).toEqual({ rude });
    expect(cleanJson(JSON.stringify({ rude }))).not.toMatch(/[\u0080-\u009f\u202e]/);
    expect(clean("Zoë 👩‍💻 متن‌ها 漢字")).toBe("Zoë 👩‍💻 متن‌ها 漢字");
  });

  it.each([
    ["at redis://u:p@h:1/0 now", "at redis://***@h:1/0 now"],
    ["redis+sentinel://:p%40@h,g/m", "redis+sentinel://***@h,g/m"],
    ["mysql://u:p@ss/w@h/d", "mysql://***@h/d"],
    ["pg://h/d?user=a&password=b&sslmode=c", "pg://h/d?user=a&password=***&sslmode=c"],
    ["sqlite:/var/x.db", "sqlite:/var/x.db"],
    ["ada@example.com", "ada@example.com"],
  ])("redacts %s", (text, redacted) => expect(redact(text)).toBe(redacted));

  it("shows what makes a name look like another one", () => {
    for (const blank of ["\u034f", "\u115f", "\u17b4", "\u180b", "\u2800", "\u3164", "\ufe00", "\ufe0f", "\u{e0100}"]) {
      expect(clean(`ada${blank}`)).toMatch(/^ada\\u[0-9a-f]{4}/);
    }
    expect(clean("❤️")).toBe("❤️");
  });

  it("redacts in a time that grows with the text", async () => {
    const took = await cpuTime(() => {
      for (const part of ["a.", "?a", "?pass"]) redact(part.repeat(40_000));
    });
    expect(took).toBeLessThan(2000);
  });

  it("words of times and sizes", () => {
    expect([-90_000, -400, 3_600_000, 6.9 * 86_400_000].map((ms) => fromNow(new Date(1e12 + ms), 1e12))).toEqual([
      "2m ago",
      "now",
      "in 1h",
      "in 7d",
    ]);
    expect([0, 1023, 4300, 5e6].map(bytes)).toEqual(["0 B", "1023 B", "4.2 KiB", "4.8 MiB"]);
  });

  it("an error says its reasons once, and its code", () => {
    const refusedBySystem = new AggregateError(
      [new Error("connect ECONNREFUSED ::1:1"), new Error("and 127.0.0.1:1")],
      "",
    );
    const error = new SessionError("ERR_STORE", "the session store failed on list", { cause: refusedBySystem });
    expect(describeError(error)).toBe(
      "the session store failed on list: connect ECONNREFUSED ::1:1, and 127.0.0.1:1 (ERR_STORE)",
    );
    expect(describeError(failed("it broke", new Error("it broke")))).toBe("it broke");
    expect(describeError(new Error("\u001b[2J mysql://u:p@h"))).toBe("\\u001b[2J mysql://***@h");
    expect(describeError(undefined)).toBe("it failed, and didn't say why");
  });

  it("colours: NO_COLOR, FORCE_COLOR, dumb terminals", () => {
    expect(wantsColours({ env: {} })).toBe(true);
    expect(wantsColours({ env: { NO_COLOR: "" } })).toBe(true);
    expect(wantsColours({ env: { NO_COLOR: "1", FORCE_COLOR: "1" } })).toBe(false);
    expect(wantsColours({ env: { TERM: "dumb" } })).toBe(false);
    expect(wantsColours({ env: { TERM: "dumb", FORCE_COLOR: "1" } })).toBe(true);
  });
});

describe("a table", () => {
  function tableOf(isPlain: boolean) {
    let text = "";
    const screen = {
      width: 30,
      style: (_: unknown, text: string) => `<${text}>`,
      write: async (more: string) => {
        text += more;
      },
    };
    const columns = [{ title: "WHO", widest: 6 }, { title: "N", align: "right" as const }, { title: "LAST" }];
    return { table: new Table(columns, screen, isPlain), text: () => text };
  }

  it("aligns what is wide, and cuts what may be cut", async () => {
    const { table, text } = tableOf(false);
    await table.row("漢字", "1", "x");
    await table.row({ text: "Montgomery", style: "red" }, "1000", "a\nb");
    await table.end();
    expect(text()).toBe("<WHO>        <N>  <LAST>\n漢字       1  x\n<Montg…>  1000  a\\nb\n");
  });

  it("cuts the last column to the terminal, if it may be cut", async () => {
    let text = "";
    const screen = {
      width: 20,
      style: (_: unknown, text: string) => text,
      write: async (more: string) => {
        text += more;
      },
    };
    const table = new Table([{ title: "ID" }, { title: "DEVICE", widest: 60 }], screen, false);
    await table.row("0123456789", "Firefox 133 on Windows");
    await table.row("0123456789-0123456789-0123456789", "curl");
    await table.end();
    expect(text).toContain("\n0123456789                        Firefox…\n");
    const fitting = new Table([{ title: "ID" }, { title: "DEVICE", widest: 60 }], screen, false);
    await fitting.row("id", "Firefox 133 on Windows");
    await fitting.end();
    expect(text).toMatch(/\nid {2}Firefox 133 on …\n$/);
  });

  it("in a pipe, a row is a line at once, and its cells can't break it", async () => {
    const { table, text } = tableOf(true);
    await table.row("a\tb\nc", "1", "");
    expect(text()).toBe("a\\tb\\nc\t1\t\n");
  });

  it("shows a long listing before its end", async () => {
    const { table, text } = tableOf(false);
    for (let row = 0; row < 150; row++) await table.row("x", String(row), "y");
    expect(text().split("\n")).toHaveLength(152);
    await table.end();
    expect(text().split("\n")).toHaveLength(152);
  });
});

describe("a reader", () => {
  function outputTo(stdout: OutStream): Output {
    const stream = () => new PassThrough().resume();
    const { signal } = new AbortController();
    return new Output(
      { argv: [], env: {}, cwd: "/", stdin: stream(), stdout, stderr: stream(), signal, interrupt() {} },
      false,
    );
  }

  it("of notes gets no password, and nothing that a terminal obeys", () => {
    const stderr = new PassThrough();
    const { signal } = new AbortController();
    const io = { argv: [], env: {}, cwd: "/", stdin: stderr, stdout: stderr, stderr, signal, interrupt() {} };
    new Output(io, false).note("\u001b[2J in redis://u:p@h\nand so on");
    expect(stderr.read().toString()).toBe("\\u001b[2J in redis://***@h\nand so on\n");
  });

  it("that is slow is waited for, and one that leaves isn't", async () => {
    const slow = new PassThrough({ highWaterMark: 10 });
    const out = outputTo(slow);
    let isWritten = false;
    const writing = out.write("more than fits").then(() => {
      isWritten = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isWritten).toBe(false);
    slow.read();
    await writing;

    const left = out.write("more than fits again");
    slow.destroy(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    await left;
    expect(out.isOpen).toBe(false);
    await out.write("nobody hears this");
  });
});

describe("progress", () => {
  function stream(isTTY: boolean) {
    const stream: OutStream & PassThrough = Object.assign(new PassThrough(), { isTTY });
    return { stream, text: () => stream.read()?.toString() ?? "" };
  }

  it("is silent for two seconds; then a line that goes away", () => {
    vi.useFakeTimers();
    const { stream: terminal, text } = stream(true);
    const progress = new Progress(terminal, "sessions read", 2000);
    vi.advanceTimersByTime(1900);
    progress.add(10);
    expect(text()).toBe("");
    vi.advanceTimersByTime(200);
    progress.add(490);
    expect(text()).toBe("\r\u001b[K500 of 2,000 (25 %) sessions read …");
    progress.end();
    expect(text()).toBe("\r\u001b[K");
  });

  it("in a log, is a plain line now and then", () => {
    vi.useFakeTimers();
    const { stream: log, text } = stream(false);
    const progress = new Progress(log, "sessions read");
    for (let second = 0; second < 15; second++) {
      vi.advanceTimersByTime(1000);
      progress.add(1000);
    }
    progress.end();
    expect(text()).toBe("dewar: 2,000 sessions read …\ndewar: 12,000 sessions read …\n");
  });
});

describe("changes between two looks", () => {
  const session = (id: string, usedAt: number) => ({
    id,
    cursor: id,
    lastUsedAt: new Date(usedAt),
    permanent: true,
    size: 0,
    data: {},
  });
  const look = (changes: Changes, ...sessions: ReturnType<typeof session>[]) => {
    changes.begin();
    return [...sessions.map((one) => changes.see(one)), ...changes.finish().map(({ id }) => id)];
  };

  it("made, used, ended", () => {
    const changes = new Changes();
    expect(look(changes, session("a", 1), session("b", 1))).toEqual([undefined, undefined]);
    expect(look(changes, session("a", 5001), session("c", 1))).toEqual(["used", "made", "b"]);
    expect(changes.size).toBe(2);
  });

  it("an answer that took longer is no use, however often", () => {
    const changes = new Changes();
    for (const delay of [5, 0, 400, 800, 300]) expect(look(changes, session("a", delay))).toEqual([undefined]);
    expect(look(changes, session("a", 1400))).toEqual(["used"]);
  });

  it("a look that failed half way ends nothing", () => {
    const changes = new Changes();
    look(changes, session("a", 1), session("b", 1));
    changes.begin();
    changes.see(session("a", 1));
    expect(look(changes, session("a", 1), session("b", 1))).toEqual([undefined, undefined]);
  });
});
