"""The list of releases: which version of a procedure is in force where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from app.database import instant, reading
from app.i18n import say, t
from app.identity import actor, requires
from app.views.rollout.pages import READERS, pages
from engine.queries import organisation
from engine.queries import releases as questions
from engine.queries.releases import RolloutLine

TOLD_FOR = timedelta(days=14)  # that the platform has ended a rollout


@dataclass(frozen=True)
class Rollout:
    """Where a release is used, in words."""

    id: int
    where: str
    model: str
    trial: bool
    valid_from: datetime
    valid_until: datetime | None
    in_force: bool


@pages.get("/releases")
@requires(*READERS)
def releases() -> ResponseReturnValue:
    """Every release with its rollouts."""
    now = instant()
    with reading() as connection:
        names = {unit.code: say(unit.name) for unit in organisation.centres(connection, now)}
        rollouts = questions.open_rollouts(connection, now)
        halted = questions.halted(connection, now - TOLD_FOR)
        rows = [
            (line, [_said(r, names) for r in rollouts if r.digest == line.digest])
            for line in questions.listing(connection)
        ]
    may = {role: role in actor().roles for role in ("designer", "admin")}
    return render_template("rollout/releases.html", rows=rows, may=may, halted=halted)


def _said(line: RolloutLine, names: dict[str, str]) -> Rollout:
    where = names.get(line.centre, line.centre) if line.centre else t("releases.everywhere")
    begins, ends = line.valid_from, line.valid_until
    return Rollout(line.id, where, line.model, line.trial, begins, ends, line.in_force)
