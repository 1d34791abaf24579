"""What a request can do with its session. Each step is given the session, and what else it names."""

import time

from flask import current_app, flash, get_flashed_messages
from flask_login import current_user, login_fresh, login_user, logout_user
from flask_wtf.csrf import generate_csrf, validate_csrf
from wtforms import ValidationError


def walk(session, path):
    place = session
    for key in path:
        place = place[key]
    return place


def put(session, path, value):
    """As `session["a"]["b"] = value`: what is below the first level is not noticed."""
    walk(session, path[:-1])[path[-1]] = value


def delete(session, path):
    del walk(session, path[:-1])[path[-1]]


def append(session, path, value):
    walk(session, path).append(value)


def mark_modified(session):
    session.modified = True


def set_permanent(session, value):
    session.permanent = value


def flashes(session, filter=()):
    return get_flashed_messages(with_categories=True, category_filter=filter)


def login(session, id, **options):
    return login_user(current_app.login_manager._user_callback(id), **options)


def whoami(session):
    id = current_user.get_id()
    return {"id": id, "authenticated": current_user.is_authenticated, "fresh": login_fresh()}


def validate(session, token):
    """None, or what is wrong with the token."""
    try:
        validate_csrf(token)
    except ValidationError as error:
        return str(error)


def regenerate(session):
    current_app.session_interface.regenerate(session._get_current_object())


STEPS = {
    "get": walk,
    "set": put,
    "delete": delete,
    "append": append,
    "has": lambda session, key: key in session,
    "keys": lambda session: list(session),
    "pop": lambda session, key, default=None: session.pop(key, default),
    "setdefault": lambda session, key, value: session.setdefault(key, value),
    "update": lambda session, value: session.update(value),
    "clear": lambda session: session.clear(),
    "modify": mark_modified,
    "modified": lambda session: session.modified,
    "permanent": set_permanent,
    "flash": lambda session, message, category="message": flash(message, category),
    "flashes": flashes,
    "login": login,
    "logout": lambda session: logout_user(),
    "whoami": whoami,
    "csrf": lambda session: generate_csrf(),
    "validate": validate,
    "sid": lambda session: session.sid,
    "regenerate": regenerate,
    "sleep": lambda session, seconds: time.sleep(seconds),
}
