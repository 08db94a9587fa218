"""The blueprint of releases."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("rollout", __name__)
