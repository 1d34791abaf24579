"""What Flask and Flask-Session make of values and bytes, for tests that compare.

A question is a list of questions, and so is its answer; what fails is {"error": <the exception's class>}.
- {"do": "encode", "format", "value"} → {"hex"}
- {"do": "decode", "format", "hex"} → {"value"}
- {"do": "same", "values": [a, b]} → {"value": whether they are equal with all their types}
- {"do": "measure", "times", "of": a question to encode or decode} → {"value": nanoseconds a time, as a request does it}
Values are in the notation of typed.py. For the format "cookie" a question also has "secret" and "now" (Unix seconds), and may
have "fallbacks" and "max_age" (seconds).
"""

import time
from functools import partial

from formats import decoder, encoder, request_decoder, request_encoder
from lines import converse
from typed import from_typed, same, to_typed


def answer(questions):
    return [attempt(ANSWERS[question["do"]], question) for question in questions]


def attempt(act, question):
    try:
        return act(question)
    except Exception as error:
        return {"error": type(error).__name__}


def encode(question):
    return {"hex": encoding(question, encoder)().hex()}


def decode(question):
    return {"value": to_typed(decoding(question, decoder)())}


def encoding(question, encoder):
    return partial(encoder(question), from_typed(question["value"]))


def decoding(question, decoder):
    return partial(decoder(question), bytes.fromhex(question["hex"]))


def compare(question):
    return {"value": same(*map(from_typed, question["values"]))}


def measure(question):
    of = question["of"]
    run = encoding(of, request_encoder) if of["do"] == "encode" else decoding(of, request_decoder)
    start = time.perf_counter_ns()
    for _ in range(question["times"]):
        run()
    return {"value": to_typed((time.perf_counter_ns() - start) / question["times"])}


ANSWERS = {"encode": encode, "decode": decode, "same": compare, "measure": measure}

converse(answer)
