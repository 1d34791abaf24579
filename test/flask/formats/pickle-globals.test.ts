import { describe, it } from "vitest";
import { assemble, bytes, call, global, refusal, SAMPLES, text } from "./lib/pickle.ts";

const ZERO = assemble("K\0");
const DELTA = call("datetime", "timedelta", ZERO, ZERO, ZERO);
const UTC = call("datetime", "timezone", DELTA);
const MOMENT = bytes("07e8021d0c22380c0a08");

describe("globals outside the list", () => {
  it.each([
    ["os", "system"],
    ["posix", "system"],
    ["nt", "system"],
    ["os", "popen"],
    ["subprocess", "Popen"],
    ["subprocess", "check_output"],
    ["builtins", "eval"],
    ["builtins", "exec"],
    ["builtins", "getattr"],
    ["builtins", "__import__"],
    ["builtins", "open"],
    ["builtins", "object"],
    ["builtins", "int"],
    ["builtins", "complex"],
    ["builtins", "range"],
    ["__builtin__", "eval"],
    ["__builtin__", "file"],
    ["operator", "attrgetter"],
    ["functools", "partial"],
    ["importlib", "import_module"],
    ["runpy", "_run_code"],
    ["pickle", "loads"],
    ["marshal", "loads"],
    ["codecs", "decode"],
    ["codecs", "encode"],
    ["_codecs", "decode"],
    ["copyreg", "_reconstructor"],
    ["copyreg", "__newobj__"],
    ["copy_reg", "_extension_registry"],
    ["collections", "OrderedDict"],
    ["uuid", "uuid1"],
    ["uuid", "os.system"],
    ["uuid", "SafeUUID"],
    ["datetime", "sys.modules"],
    ["datetime", "datetime.now"],
    ["datetime.datetime", "now"],
    ["", "datetime.datetime"],
    ["markupsafe", "escape"],
    ["decimal", "getcontext"],
    ["toString", "constructor"],
    ["__proto__", "polluted"],
  ])("%s.%s is refused, however it is named", (module, name) => {
    const args = assemble("(", text("id"), "tR.");
    const line = assemble("c", module, "\n", name, "\n");
    refusal(assemble(line, args));
    refusal(assemble(0x80, 2, line, "."));
    refusal(assemble("N", line, "0."));
    refusal(assemble(0x80, 4, global(module, name), args));
    refusal(assemble(0x80, 4, global(module, name), "."));
    refusal(assemble(global(module, name), ")", 0x81, "."));
    refusal(assemble("ccopy_reg\n_reconstructor\n(", line, "c__builtin__\nobject\nNtR."));
    refusal(assemble(text(module), 0x94, text(name), 0x94, "]h\0h\x01", 0x93, "a."));
    refusal(assemble(global("uuid", "UUID"), ")", 0x81, "}", text("int"), global(module, name), "sb."));
  });

  it("is refused where it stands before or behind what is sound", () => {
    const line = assemble("cposix\nsystem\n");
    for (const sample of SAMPLES) refusal(assemble("(", line, sample.subarray(0, -1), "t."));
    for (const sample of SAMPLES) refusal(assemble("(", sample.subarray(0, -1), line, "t."));
  });

  it("is refused where its name never ends, or is no text", () => {
    refusal(assemble("cdatetime\ndate"));
    refusal(assemble("c", "a".repeat(1_000_000), "\nb\n."));
    refusal(assemble("NN", 0x93, "."));
    refusal(assemble(bytes("61"), text("b"), 0x93, "."));
  });
});

describe("listed globals, used as Python doesn't", () => {
  const uuid = assemble(global("uuid", "UUID"), ")", 0x81);
  const state = (...parts: (Uint8Array | string)[]) => assemble(uuid, "}(", ...parts, "ub.");
  it.each<[string, Buffer]>([
    ["a class as a value", assemble(global("datetime", "datetime"), ".")],
    ["a class within a list", assemble("]", global("uuid", "UUID"), "a.")],
    ["a time zone as a value", assemble(UTC, ".")],
    ["a datetime of numbers", assemble(call("datetime", "datetime", ZERO, ZERO, ZERO), ".")],
    ["a datetime of text", assemble(call("datetime", "datetime", text("0123456789")), ".")],
    ["a datetime of too few bytes", assemble(call("datetime", "datetime", bytes("07e8021d0c22380c0a")), ".")],
    ["a datetime of nothing", assemble(call("datetime", "datetime"), ".")],
    ["a datetime in a zone that isn't one", assemble(call("datetime", "datetime", MOMENT, text("UTC")), ".")],
    ["a datetime in a timedelta", assemble(call("datetime", "datetime", MOMENT, DELTA), ".")],
    ["a datetime with more arguments", assemble(call("datetime", "datetime", MOMENT, UTC, ZERO), ".")],
    ["the year 0", assemble(call("datetime", "date", bytes("0000010a")), ".")],
    ["the year 10000", assemble(call("datetime", "date", bytes("2710010a")), ".")],
    ["the 30th of February", assemble(call("datetime", "date", bytes("07e8021e")), ".")],
    ["the day 0", assemble(call("datetime", "date", bytes("07e80200")), ".")],
    ["the month 13", assemble(call("datetime", "date", bytes("07e80d01")), ".")],
    ["a date that is folded", assemble(call("datetime", "date", bytes("07e8821d")), ".")],
    ["the hour 24", assemble(call("datetime", "time", bytes("180000000000")), ".")],
    ["the minute 60", assemble(call("datetime", "time", bytes("003c00000000")), ".")],
    ["the second 60", assemble(call("datetime", "time", bytes("00003c000000")), ".")],
    ["a million microseconds", assemble(call("datetime", "time", bytes("0000000f4240")), ".")],
    ["a timedelta of text", assemble(call("datetime", "timedelta", text("1"), ZERO, ZERO), ".")],
    [
      "a timedelta of a day in seconds",
      assemble(call("datetime", "timedelta", ZERO, assemble("J\x80\x51\x01\0"), ZERO), "."),
    ],
    ["a timedelta of two", assemble(call("datetime", "timedelta", ZERO, ZERO), ".")],
    [
      "a zone of a day",
      assemble(
        call(
          "datetime",
          "time",
          bytes("000000000000"),
          call("datetime", "timezone", call("datetime", "timedelta", assemble("K\x01"), ZERO, ZERO)),
        ),
        ".",
      ),
    ],
    [
      "a zone by name only",
      assemble(call("datetime", "time", bytes("000000000000"), call("datetime", "timezone", text("UTC"))), "."),
    ],
    ["a Decimal of a number", assemble(call("decimal", "Decimal", ZERO), ".")],
    ["a Decimal of words", assemble(call("decimal", "Decimal", text("many")), ".")],
    ["a Decimal of a huge exponent", assemble(call("decimal", "Decimal", text("1E+999999999999999999999")), ".")],
    ["a Decimal in a context", assemble(call("decimal", "Decimal", text("1"), text("1")), ".")],
    ["a set of text", assemble(call("builtins", "set", text("abc")), ".")],
    ["a set of lists", assemble(call("builtins", "set", assemble("]]a")), ".")],
    ["a frozenset of a tuple with a list", assemble("(]", 0x85, 0x91, ".")],
    ["a set of sets", assemble(0x8f, "(", 0x8f, 0x90, ".")],
    ["a dict with a list as key", assemble("}]Ns.")],
    ["a dict with a dict as key", assemble("}}Ns.")],
    ["a dict with a bytearray as key", assemble("}", 0x96, "\0\0\0\0\0\0\0\0", "Ns.")],
    ["an odd number of keys and values", assemble("}(NNNu.")],
    ["a bytearray of a length", assemble(call("builtins", "bytearray", assemble("J\xff\xff\xff\x7f")), ".")],
    ["bytes of a length", assemble("c__builtin__\nbytes\n(J\xff\xff\xff\x7ftR.")],
    ["another encoding", assemble(call("_codecs", "encode", text("a"), text("rot13")), ".")],
    ["text that isn't Latin-1, as bytes", assemble(call("_codecs", "encode", text("€"), text("latin1")), ".")],
    ["an encoding of bytes", assemble(call("_codecs", "encode", bytes("61"), text("latin1")), ".")],
    ["Markup, reduced", assemble(call("markupsafe", "Markup", text("<b>")), ".")],
    ["Markup of bytes", assemble(global("markupsafe", "Markup"), bytes("61"), 0x85, 0x81, ".")],
    ["a UUID, reduced", assemble(call("uuid", "UUID", text("0".repeat(32))), ".")],
    ["a UUID of arguments", assemble(global("uuid", "UUID"), "N", 0x85, 0x81, ".")],
    ["a UUID without digits", assemble(uuid, ".")],
    ["a UUID of text", state(text("int"), text("5"))],
    ["a negative UUID", state(text("int"), "J\xff\xff\xff\xff")],
    ["a UUID of 129 bits", state(text("int"), assemble(0x8a, 17, "\0".repeat(16), "\x01"))],
    ["a UUID with more", state(text("int"), ZERO, text("__class__"), ZERO)],
    ["a UUID with a prototype", state(text("__proto__"), assemble("}", text("int"), "K\x05s"))],
    ["a UUID built from a list", assemble(uuid, "]b.")],
    ["BUILD of a dict", assemble("}}b.")],
    ["BUILD of a class", assemble(global("uuid", "UUID"), "}b.")],
    [
      "_reconstructor of something else",
      assemble("ccopy_reg\n_reconstructor\n(cdatetime\ndate\nc__builtin__\nobject\nNtR."),
    ],
    [
      "_reconstructor of itself",
      assemble("ccopy_reg\n_reconstructor\n(ccopy_reg\n_reconstructor\nc__builtin__\nobject\nNtR."),
    ],
    ["REDUCE of text", assemble(text("os.system"), ")R.")],
    ["REDUCE with a list", assemble(global("builtins", "set"), "]R.")],
  ])("%s", (_, pickled) => {
    refusal(pickled);
  });
});
