"""The blueprint of the counter, and the centre one sits at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Blueprint, request, session

from engine.errors import MayNot

if TYPE_CHECKING:
    from engine.store.organisation import Unit

pages = Blueprint("counter", __name__)


def centre_here(counters: Iterable[Unit]) -> Unit:
    """The centre chosen for this session, else the first of one's counters."""
    known = {unit.code: unit for unit in counters}
    if not known:
        raise MayNot(reason="reception", act="receive")
    asked = request.args.get("centre") or session.get("centre")
    if asked not in known:
        return next(iter(known.values()))
    session["centre"] = asked
    return known[asked]
