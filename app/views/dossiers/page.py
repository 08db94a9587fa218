"""The page of one dossier: everything that is known, and the retry of what got stuck."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import story
from app.database import instant, reading, transaction
from app.i18n import language, say, t
from app.i18n.left import left
from app.identity import actor, requires
from app.views.dossiers.care import can_extend
from app.views.dossiers.pages import pages
from engine.authority import AskedThing, may
from engine.codes.statuses import ENDED, GIVEN_BACK
from engine.commands import applicants, beside, retries
from engine.forms import Form, load
from engine.queries import catalogue, dossiers, forms, messages, notices, organisation
from engine.queries.dossiers import DossierView
from engine.queries.opinions import OpinionLine
from engine.queries.tasks import FormFiles
from engine.queries.wording import ROLE_NAMES, STATUS_NAMES
from engine.words import cause


@pages.get("/dossiers/<code>")
@requires("login")
def page(code: str) -> ResponseReturnValue:
    """All facts of the dossier, as far as the person may see it."""
    return shown(code)


@pages.post("/dossiers/<code>/citizen-id")
@requires("login")
def reveal(code: str) -> ResponseReturnValue:
    """The same page with the whole citizen id, this once; the journal says who looked."""
    with reading() as connection:
        dossier = dossiers.view(connection, actor(), code, instant())
    with transaction() as tx:
        number = applicants.reveal(tx, dossier.id)
    answer = make_response(shown(code, number))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def again(code: str, wrong: Mapping[str, str], status: int = 422) -> ResponseReturnValue:
    """The same page with what is wrong beside each field, and what was typed still in it."""
    return make_response(shown(code, wrong=wrong), status)


def shown(code: str, citizen_id: str = "", wrong: Mapping[str, str] | None = None) -> str:
    """The page as text; ``wrong`` maps the fields of a form on it to their faults."""
    now = instant()
    with reading() as connection:
        dossier = dossiers.view(connection, actor(), code, now)
        release = catalogue.release_view(connection, dossier.procedure_name, dossier.release)
        names = forms.step_names(connection, dossier.release)
        written = {
            step: forms.step_form(connection, dossier.release, step)
            for step in {str(line.fact.get("step", "")) for line in dossier.journal}
        }
        asked = [load(one.schema, one.ui) for one in forms.every_form(connection, dossier.release)]
        said = messages.messages_of(connection, dossier.id)
        offices = organisation.unit_names(connection, now)
        untold = notices.untold(connection, dossier.id)
    waiting = {task.step: task.name for task in dossier.tasks}
    remaining = (dossier.clock.remaining, release.manifest.limit.unit)
    return render_template(
        "dossiers/page.html",
        dossier=dossier,
        citizen_id=citizen_id,
        status=STATUS_NAMES[dossier.status],
        roles=ROLE_NAMES,
        owed=left(
            dossier.due_at,
            dossier.time_left,
            now,
            language(),
            paused=dossier.paused,
            remaining=remaining,
        ),
        path=story.where(release.path, dossier, waiting),
        diagram_url=url_for("public.release_diagram", digest=dossier.release),
        titles=story.paper_titles(release.manifest.papers, asked),
        story=story.lines(dossier.journal, names, lambda step: _form(written.get(step)), untold),
        told=[f"{say(ROLE_NAMES[role])}, {say(unit)}" for role, unit in dossier.escalated_to],
        cause=lambda text: cause(text, language()),
        messages=said,
        key=(wrong and request.form.get("key", "")[:24]) or secrets.token_urlsafe(15),
        wrong=wrong or {},
        typed=request.form if wrong else {},
        offices=offices,
        asked_roles=beside.ASKED_ROLES,
        opinions=[
            (line, story.opinion(line), _may_recall(dossier, line)) for line in dossier.opinions
        ],
        may_note=bool(may(actor(), "note", dossier.concern)),
        may_speak=bool(may(actor(), "speak", dossier.concern)),
        may_serve="reception" in actor().roles and _may_serve(dossier),
        may_give_back=_may_give_back(dossier),
        given_back=_given_back(dossier),
        may_collect=bool(may(actor(), "collect", dossier.concern)),
        may_retry=bool(may(actor(), "retry", dossier.concern)),
        may_care=_may_care(dossier),
        may_extend=bool(may(actor(), "extend", dossier.concern)) and can_extend(dossier, now),
    )


@pages.post("/dossiers/<code>/incidents/<int:id>/retry")
@requires("director", "admin", "controller")
def retry(code: str, id: int) -> ResponseReturnValue:
    """Try again what got stuck, with the same input."""
    with reading() as connection:
        dossiers.view(connection, actor(), code, instant())
    with transaction() as tx:
        went_on = retries.retry(tx, id)
    flash(
        t("dossiers.retried" if went_on else "dossiers.retried_stuck"), "ok" if went_on else "soon"
    )
    return redirect(url_for("dossiers.page", code=code), 303)


def _may_recall(dossier: DossierView, line: OpinionLine) -> bool:
    asked = AskedThing(line.asked_by, dossier.concern)
    return line.state == "open" and bool(may(actor(), "recall", asked))


def _may_care(dossier: DossierView) -> bool:
    acts = ("retry", "suspend")
    return dossier.status not in ENDED and any(may(actor(), act, dossier.concern) for act in acts)


def _may_serve(dossier: DossierView) -> bool:
    return dossier.status not in ENDED and bool(may(actor(), "correct", dossier.concern))


def _given_back(dossier: DossierView) -> bool:
    return dossier.handover == GIVEN_BACK


def _may_give_back(dossier: DossierView) -> bool:
    """Whether its papers wait here for whoever handed them in."""
    here = dossier.folder_at.code
    fetched = here in (dossier.receiving.code, dossier.returning.code)
    waits = dossier.stopped and not _given_back(dossier) and not dossier.folder_going
    return waits and fetched and bool(may(actor(), "receive", here))


def _form(files: FormFiles | None) -> Form | None:
    return load(files.schema, files.ui) if files else None
