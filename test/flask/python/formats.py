"""The formats of a session as Flask and Flask-Session write and read them."""

import logging
import pickle
from functools import partial

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask_session.base import MsgSpecSerializer
from itsdangerous import TimestampSigner

app = Flask(__name__)
app.logger.setLevel(logging.CRITICAL + 1)
# As within a request: its own JSON settings hold.
app.app_context().push()

SERIALIZERS = {format: MsgSpecSerializer(app, format) for format in ["msgpack", "json"]}
INTERFACE = SecureCookieSessionInterface()


def encoder(question):
    format = question["format"]
    if format == "cookie":
        serializer = cookie_serializer(question)
        return lambda value: serializer.dumps(value).encode()
    if format.startswith("pickle"):
        return partial(pickle.dumps, protocol=int(format.removeprefix("pickle")))
    return SERIALIZERS[format].encoder.encode


def decoder(question):
    format = question["format"]
    if format == "cookie":
        serializer = cookie_serializer(question)
        return partial(serializer.loads, max_age=question.get("max_age"))
    if format.startswith("pickle"):
        return pickle.loads
    # A session's whole way of reading, with the other formats after this one.
    if format == "session":
        return SERIALIZERS["msgpack"].decode
    return SERIALIZERS[format].decoder.decode


def request_encoder(question):
    """What a request calls to write a session, with all that it sets up for that each time. By the real clock."""
    format = question["format"]
    if format == "cookie":
        configure(question)
        return lambda value: INTERFACE.get_signing_serializer(app).dumps(dict(value))
    return SERIALIZERS[format].encode if format in SERIALIZERS else encoder(question)


def request_decoder(question):
    """The same to read one."""
    format = question["format"]
    if format == "cookie":
        configure(question)
        max_age = question.get("max_age")
        return lambda data: INTERFACE.get_signing_serializer(app).loads(data, max_age=max_age)
    return SERIALIZERS[format].decode if format in SERIALIZERS else decoder(question)


def configure(question):
    app.config.update(SECRET_KEY=question["secret"], SECRET_KEY_FALLBACKS=question.get("fallbacks"))


def cookie_serializer(question):
    configure(question)
    serializer = INTERFACE.get_signing_serializer(app)
    serializer.signer = partial(FrozenSigner, question["now"])
    return serializer


class FrozenSigner(TimestampSigner):
    def __init__(self, now, *args, **settings):
        super().__init__(*args, **settings)
        self.now = now

    def get_timestamp(self):
        return self.now
