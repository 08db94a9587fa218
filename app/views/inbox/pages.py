"""The blueprint of the inbox."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("inbox", __name__)
WORKERS = ("reception", "officer", "leader", "clerk", "cashier", "liaison", "director")
# Who looks at the work of others first; a director has steps of their own, too.
WATCHERS = ("director", "controller", "admin", "auditor")
