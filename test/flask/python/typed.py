"""Python values as JSON, exactly: in both directions, for programs that aren't Python.

null, booleans, strings, arrays and objects (dicts with keys that are strings) stand for themselves, and a number for an
int. Everything else is an object with the key "$", which names its type, and the value in "v".
"""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec
from markupsafe import Markup

# V8 13 (Node 24) may take one key that JSON escapes for another: those stand among the pairs of a "dict".
PLAIN = re.compile(r"[ !#-\[\]-~]*")
# What an IEEE double holds exactly.
SAFE = 2**53 - 1


def to_typed(value):
    write = WRITERS.get(type(value))
    if write is None:
        raise TypeError(f"Typed JSON can't hold a {type(value).__qualname__}.")
    return write(value)


def from_typed(json):
    if isinstance(json, list):
        return [from_typed(item) for item in json]
    if not isinstance(json, dict):
        return json
    if "$" not in json:
        return {key: from_typed(item) for key, item in json.items()}
    return READERS[json["$"]](json["v"])


def same(a, b):
    """Whether two values are equal with all their types: 1, 1.0 and True differ, and NaN is itself."""
    if type(a) is not type(b):
        return False
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return same_members(a, b) and all(same(item, b[key]) for key, item in a.items())
    if isinstance(a, (set, frozenset)):
        return same_members(a, b)
    if isinstance(a, (datetime, time)):
        return a == b and a.utcoffset() == b.utcoffset()
    if isinstance(a, (float, Decimal)):
        return str(a) == str(b)
    return a == b


def same_members(a, b):
    types = {member: type(member) for member in b}
    return len(a) == len(b) and all(types.get(member) is type(member) for member in a)


def tagged(name, write):
    return lambda value: {"$": name, "v": write(value)}


def write_int(value):
    return value if abs(value) <= SAFE else {"$": "int", "v": str(value)}


def write_dict(value):
    if "$" not in value and all(type(key) is str and PLAIN.fullmatch(key) for key in value):
        return {key: to_typed(item) for key, item in value.items()}
    return {"$": "dict", "v": [[to_typed(key), to_typed(item)] for key, item in value.items()]}


def write_items(values):
    return [to_typed(value) for value in values]


def write_extension(value):
    return {"$": "extension", "v": [value.code, bytes(value.data).hex()]}


def read_extension(pair):
    return msgspec.msgpack.Ext(pair[0], bytes.fromhex(pair[1]))


WRITERS = {
    type(None): lambda value: value,
    bool: lambda value: value,
    str: lambda value: value,
    int: write_int,
    float: tagged("float", repr),
    bytes: tagged("bytes", bytes.hex),
    bytearray: tagged("bytearray", bytearray.hex),
    list: write_items,
    tuple: tagged("tuple", write_items),
    set: tagged("set", write_items),
    frozenset: tagged("frozenset", write_items),
    dict: write_dict,
    datetime: tagged("datetime", datetime.isoformat),
    date: tagged("date", date.isoformat),
    time: tagged("time", time.isoformat),
    timedelta: tagged("timedelta", msgspec.to_builtins),
    Decimal: tagged("decimal", str),
    UUID: tagged("uuid", str),
    Markup: tagged("markup", str),
    msgspec.msgpack.Ext: write_extension,
}

READERS = {
    "int": int,
    "float": float,
    "bytes": bytes.fromhex,
    "bytearray": bytearray.fromhex,
    "tuple": lambda items: tuple(map(from_typed, items)),
    "set": lambda items: set(map(from_typed, items)),
    "frozenset": lambda items: frozenset(map(from_typed, items)),
    "dict": lambda pairs: {from_typed(key): from_typed(item) for key, item in pairs},
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda text: msgspec.convert(text, timedelta),
    "decimal": Decimal,
    "uuid": UUID,
    "markup": Markup,
    "extension": read_extension,
}
