"""Everything that cannot go on, by cause; one press tries all of a cause again."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import reading, transaction
from app.i18n import language, t
from app.identity import actor, requires
from app.views.dossiers.pages import pages
from engine.commands import retries
from engine.errors import Fault
from engine.queries import incidents as questions
from engine.queries.incidents import Group
from engine.queries.wording import ROLE_NAMES
from engine.words import cause

WHO = ("director", "controller", "admin")
MOST_AT_ONCE = 100


@pages.get("/incidents")
@requires(*WHO)
def incidents() -> str:
    """The open incidents the person may see, grouped."""
    return render_template(
        "dossiers/incidents.html",
        groups=_groups(),
        roles=ROLE_NAMES,
        cause=lambda text: cause(text, language()),
    )


@pages.post("/incidents")
@requires(*WHO)
def retry_all() -> ResponseReturnValue:
    """Try every incident of one cause again, each in a transaction of its own."""
    wanted = tuple(request.form.get(name, "") for name in ("procedure", "element", "cause"))
    ids = [id for group in _groups() if _key(group) == wanted for id in group.ids]
    went_on = 0
    for id in ids[:MOST_AT_ONCE]:
        try:
            with transaction() as tx:
                went_on += retries.retry(tx, id)
        except Fault:  # closed meanwhile, suspended, or not this person's: it stays on the list
            continue
    told = t("incidents.retried", done=went_on, all=min(len(ids), MOST_AT_ONCE))
    flash(told, "ok" if went_on == len(ids) else "soon")
    return redirect(url_for("dossiers.incidents"), 303)


def _groups() -> tuple[Group, ...]:
    with reading() as connection:
        return questions.groups(connection, actor())


def _key(group: Group) -> tuple[str, str, str]:
    return group.procedure, group.element, group.cause
