"""A conversation over standard input and output: one line of JSON for each question, one for each answer."""

import json
import sys
import traceback


def converse(answer):
    """Answers until standard input closes: a program that asks need not see to our end."""
    out = sys.stdout
    # What a library prints must not stand among the answers.
    sys.stdout = sys.stderr
    for line in sys.stdin:
        message = json.loads(line)
        try:
            reply = {"answer": answer(message["question"])}
        except Exception:
            reply = {"error": traceback.format_exc()}
        print(json.dumps({"id": message["id"], **reply}), file=out, flush=True)
