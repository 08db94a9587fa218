"""What every template knows: words, dates, the menu, who is asking, static files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request
from flask_login import current_user

from app import navigation
from app.database import instant, reading
from app.i18n import LANGUAGES, dates, language, offered, own_name, say, t, tongue
from app.identity import actor
from engine.calendar import LedgerLine, ledger_dates, ledger_numbers, ledger_text
from engine.package import Text
from engine.queries.wording import ROLE_NAMES
from engine.store.organisation import Actor, unit
from engine.words import notices


def prepare(app: Flask, static: Path) -> None:
    """Teach Jinja our words."""
    app.config["MOTCUA_STATIC"] = static
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(_known)
    app.add_template_filter(lambda at: dates.long(at, tongue()), "long")
    app.add_template_filter(lambda at: dates.short(at, instant(), language()), "short")
    app.add_template_filter(lambda at: dates.stamp(at, instant()), "stamp")
    app.add_template_filter(lambda day: dates.named(day, tongue()), "weekday")
    app.add_template_filter(dates.day, "day")
    app.add_template_filter(dates.dong, "dong")
    app.add_template_filter(dates.size, "size")
    app.add_template_filter(dates.mask, "mask")
    app.add_template_filter(say, "say")
    app.add_template_filter(own_name, "own_name")
    app.add_template_filter(in_words, "in_words")
    app.add_template_filter(reason, "reason")
    app.add_template_filter(moved, "moved")


def _known() -> dict[str, Any]:
    asking = actor()
    return {
        "t": t,
        "lang": language(),
        "tongue": tongue(),
        "languages": offered() if not current_user.is_authenticated else LANGUAGES,
        "told_in": notices.LANGUAGES,
        "asking": asking,
        "logged_in": current_user.is_authenticated,
        "menu": navigation.entries() if current_user.is_authenticated else (),
        "here": navigation.entry_of(request.endpoint),
        "static": static_url,
        "built": built,
        "roles_of": roles_of,
        "place_of": place_of,
        "ledger_dates": ledger_dates,
        "ledger_numbers": ledger_numbers,
        "ledger_text": ledger_text,
    }


def reason(note: str, reasons: Mapping[str, Text]) -> str:
    """Why the clock stands or a limit applies, in the reader's language where it is known in it."""
    return say(reasons.get(note, note))


def in_words(line: LedgerLine, reasons: Mapping[str, Text]) -> LedgerLine:
    """The line with its note in the reader's language."""
    return replace(line, note=reason(line.note, reasons))


def moved(line: LedgerLine, reasons: Mapping[str, Text]) -> str:
    """Why a date moved: what was waited for, or what was decided about the limit."""
    told = in_words(line, reasons)
    return told.note if line.kind in ("paused", "brief") else ledger_text(told, tongue())


def roles_of(person: Actor) -> str:
    """The person's first role in words, and how many others."""
    roles = tuple(dict.fromkeys(post.role for post in person.posts))
    if not roles:
        return ""
    return say(ROLE_NAMES[roles[0]]) + (f" +{len(roles) - 1}" if roles[1:] else "")


def place_of(person: Actor) -> str:
    """The name of the person's first office."""
    if not person.posts:
        return ""
    with reading() as connection:
        return say(unit(connection, person.posts[0].unit).name)


def static_url(path: str) -> str:
    """The address of a static file, marked by its content so that browsers may keep it."""
    return f"/static/{path}?v={_mark(current_app.config['MOTCUA_STATIC'] / path)}"


def built(name: str) -> str | None:
    """The address of a bundled script, or None where the bundle was not made: pages do without."""
    path = f"build/{name}"
    return static_url(path) if (current_app.config["MOTCUA_STATIC"] / path).is_file() else None


@cache
def _mark(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
