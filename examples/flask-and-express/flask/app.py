"""The shop's old half: what is for sale, the orders, and signing out."""

import json
import platform
from datetime import datetime, timezone
from pathlib import Path

from flask import Flask, abort, flash, redirect, render_template, request, session
from flask_login import LoginManager, UserMixin, login_required, logout_user
from flask_session import Session

CATALOG = json.loads((Path(__file__).parent.parent / "public" / "catalog.json").read_text("utf8"))
PRODUCTS = {product["id"]: product for product in CATALOG}
MOST_OF_ONE = 99
MOST_STAMPS = 10

app = Flask(__name__)
app.config.from_pyfile("config.py")
app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
Session(app)

# The page to sign in on has moved to Express; Flask needn't know.
login_manager = LoginManager(app)
login_manager.login_view = "/login"
login_manager.login_message = "Sign in to see your orders."
login_manager.login_message_category = "error"


@login_manager.user_loader
class User(UserMixin):
    def __init__(self, id):
        self.id = id


@app.get("/")
def shop():
    return render_template("shop.html", title="Flasks, jars and camp kit", products=CATALOG)


@app.post("/add")
def add():
    product = PRODUCTS.get(request.form.get("product")) or abort(404)
    cart = session.setdefault("cart", {})
    cart[product["id"]] = min(cart.get(product["id"], 0) + 1, MOST_OF_ONE)
    session.setdefault("since", datetime.now(timezone.utc))
    session.modified = True
    flash(f"Flask put this into your cart: {product['name']}.", "success")
    return redirect("/cart", 303)


@app.get("/orders")
@login_required
def orders():
    return render_template("orders.html", title="Your last order", order=session.get("order"), products=PRODUCTS)


@app.post("/logout")
def logout():
    logout_user()
    flash("Flask signed you out, and the session goes on.", "success")
    return redirect("/account", 303)


@app.post("/stamp/flask")
def stamp():
    session["stamps"] = session.get("stamps", 0) % MOST_STAMPS + 1
    flash("Flask stamped your card, and Express shows it.", "success")
    return redirect("/account", 303)


@app.errorhandler(404)
def missing(error):
    return render_template("missing.html", title="Not found"), 404


@app.context_processor
def for_every_page():
    pieces = sum(session.get("cart", {}).values())
    return {"pieces": pieces, "python": platform.python_version(), "path": request.path}


@app.template_test("branch")
def is_branch(value):
    return isinstance(value, (dict, list, tuple)) and len(value) > 0


@app.template_filter("entries")
def entries(value):
    """What a dict or a list holds, with keys or numbers."""
    return value.items() if isinstance(value, dict) else enumerate(value)


@app.template_filter("kind")
def kind(value):
    return type(value).__name__


@app.template_filter("leaf")
def leaf(value):
    return str(value) if isinstance(value, datetime) else repr(value)


@app.template_filter("money")
def money(cents):
    return f"€{cents / 100:.2f}"
