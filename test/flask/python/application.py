import json

from flask import Flask, Response, request, session
from flask.globals import request_ctx
from flask_login import LoginManager, UserMixin
from flask_session import Session

from clients import with_clients
from steps import STEPS
from typed import from_typed, to_typed


def make_application(config):
    """An application with the keys of Flask and Flask-Session, where a client is the URL of its server.

    No SESSION_TYPE: Flask's own cookie. FLASK_LOGIN=False leaves Flask-Login out, which looks into the session on each
    request (so that each answer varies by the cookie).
    """
    app = Flask(__name__)
    app.config.update(config)
    with_clients(app)
    if app.config.get("FLASK_LOGIN", True):
        LoginManager(app).user_loader(User)
    if "SESSION_TYPE" in config:
        Session(app)
    if "sqlalchemy" in app.extensions:
        # Flask-Session 0.5 leaves it to the application.
        with app.app_context():
            app.extensions["sqlalchemy"].create_all()
    app.add_url_rule("/run", view_func=run, methods=["POST"])
    app.add_url_rule("/untouched", view_func=lambda: "untouched")
    return app


class User(UserMixin):
    def __init__(self, id):
        self.id = id


def run():
    """Carries out steps on the session, one after the other."""
    results = [carry_out(step) for step in request.get_json()]
    # Not through the proxy, which would mark it as accessed.
    current = request_ctx._session if hasattr(request_ctx, "_session") else request_ctx.session
    answer = {"results": results, "session": to_typed(dict(current)), "modified": current.modified}
    return Response(json.dumps(answer), mimetype="application/json")


def carry_out(step):
    arguments = {name: from_typed(value) for name, value in step.items() if name != "op"}
    return to_typed(STEPS[step["op"]](session, **arguments))
