"""The blueprint of the public pages."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("public", __name__)
