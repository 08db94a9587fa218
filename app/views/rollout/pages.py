"""The blueprint of releases, and who reads them."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("rollout", __name__)
READERS = ("designer", "approver", "admin", "controller", "auditor")
