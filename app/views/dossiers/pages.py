"""The blueprint of dossiers."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("dossiers", __name__)
