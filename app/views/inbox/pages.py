"""The blueprint of the inbox."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("inbox", __name__)
WORKERS = ("reception", "officer", "leader", "clerk", "cashier", "liaison")
# Who looks at the work of others without doing it.
WATCHERS = ("director", "controller", "admin", "auditor")
