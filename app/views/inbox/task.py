"""The page of one task: its form, the clock, where the dossier is; and what its buttons do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app import fields, story, uploads
from app.database import instant, reading, transaction
from app.errors import fault_page
from app.i18n import dates, language, say, t
from app.i18n.left import left
from app.identity import actor, requires
from app.numbers import row_number
from app.views.inbox.pages import WATCHERS, WORKERS, pages
from engine.authority import TaskThing
from engine.commands import tasks
from engine.errors import (
    AlreadyExtended,
    BadAnswers,
    BadExtension,
    BadInstant,
    CannotExtend,
    CannotTake,
    Conflict,
    Fault,
    FilesArrived,
    ReasonMissing,
    RoundsSpent,
    UnknownPerson,
    Unprintable,
)
from engine.forms import FieldFault, Form, Text, load
from engine.queries import catalogue, forms, messages, organisation, records
from engine.queries import tasks as questions
from engine.reasons import REASONS
from engine.words import sentence

if TYPE_CHECKING:
    from sqlalchemy import Connection

_TYPED = ("legal_at", "legal_reason")
_PLACES: dict[type[Fault], str] = {BadInstant: "legal_at", Unprintable: "legal_reason"}
REFUSED = (
    AlreadyExtended,
    BadAnswers,
    BadExtension,
    BadInstant,
    CannotExtend,
    FilesArrived,
    RoundsSpent,
    Unprintable,
)


@dataclass(frozen=True)
class Filled:
    """What was typed, when the page is shown again."""

    answers: Mapping[str, Any] | None  # None: those of the draft
    form_faults: tuple[FieldFault, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    linked: bool = False  # a telephone has sent something that the form does not hold yet
    came: int = 0  # files put just now, by this posting or a telephone


@pages.get("/tasks/<id>")
@requires(*WORKERS, *WATCHERS)
def task(id: str) -> ResponseReturnValue:
    """The task with its draft, if one was saved."""
    return _page(id, None)


@pages.post("/tasks/<id>")
@requires(*WORKERS)
def work(id: str) -> ResponseReturnValue:
    """Complete, save, claim or give back; a task that moved on is 409 with the text kept."""
    with reading() as connection:
        step = forms.task_form(connection, actor(), id)
    form = load(step.files.schema, step.files.ui) if step.files else None
    taken = uploads.take(id)
    answers = form.read(fields.posted(taken.sent())) if form else {}
    do = request.form.get("do", "")
    try:
        if do == "complete":
            return _complete(id, step, answers, taken)
        return _lesser(id, do, form, answers, taken)
    except Conflict as fault:
        return fault_page(fault, kept=tuple(story.pairs(answers, form)))


@pages.post("/tasks/<id>/hand")
@requires(*WORKERS, *WATCHERS)
def hand(id: str) -> ResponseReturnValue:
    """Hand the task to a named colleague, with a reason."""
    reason = request.form.get("reason", "").strip()
    typed = {"person": request.form.get("person", ""), "reason": reason}
    with reading() as connection:
        task = questions.view(connection, actor(), id, instant())
    try:
        with transaction() as tx:
            tasks.reassign(tx, id, request.form.get("person", 0, type=row_number), reason)
    except (ReasonMissing, Unprintable) as fault:
        unsaid = isinstance(fault, ReasonMissing)
        wrong = {"reason": t("needs.hand_reason") if unsaid else sentence(fault, language())}
        return _page(id, Filled(None, faults=wrong, typed=typed), 422)
    except (CannotTake, UnknownPerson) as fault:
        wrong = {"person": sentence(fault, language())}
        return _page(id, Filled(None, faults=wrong, typed=typed), 422)
    except Conflict as fault:
        return fault_page(fault, kept=((t("task.hand_reason"), reason),))
    flash(t("task.handed", step=task.name), "ok")
    return redirect(url_for("dossiers.page", code=task.dossier.code), 303)


def _lesser(
    id: str, do: str, form: Form | None, answers: Mapping[str, Any], taken: uploads.Taken
) -> ResponseReturnValue:
    """What does not end the step: claim, give back, save, a row or a file more or less."""
    if form and fields.reshaping(request.form):
        again = fields.reshaped(form, answers, taken.sent())
        return _page(id, Filled(again, _unfit(taken), came=taken.came))
    if taken.faults:
        return _page(id, Filled(answers, _unfit(taken)), 422)
    with transaction() as tx:
        if do == "claim":
            tasks.claim(tx, id)
            tasks.save_draft(tx, id, dict(answers))  # typed before the button was seen
        elif do == "release":
            tasks.release(tx, id)
        else:
            tasks.save_draft(tx, id, dict(answers))
    if do == "release":
        flash(t("task.released"), "ok")
        return redirect(url_for("inbox.listing"), 303)
    flash(t("task.claimed" if do == "claim" else "task.draft_saved"), "ok")
    return redirect(url_for("inbox.task", id=id), 303)


def _complete(
    id: str, step: forms.StepForm, answers: Mapping[str, Any], taken: uploads.Taken
) -> ResponseReturnValue:
    typed = {name: request.form.get(name, "") for name in _TYPED}
    unfit = _unfit(taken)
    filled = Filled(answers, unfit, typed=typed)
    late = typed["legal_at"].strip()
    at = dates.read_moment(late) if late else None
    if late and at is None:
        filled = Filled(answers, unfit, {"legal_at": t("needs.moment")}, typed)
    if filled.faults or unfit:
        return _page(id, filled, 422)
    try:
        with transaction() as tx:
            done = tasks.complete(
                tx,
                id,
                dict(answers),
                at=at,
                reason=typed["legal_reason"].strip() or None,
            )
    except REFUSED as fault:
        return _page(id, _refused(fault, answers, typed), 422)
    if done.incident:
        flash(t("task.stuck", incident=done.incident), "late")
        return redirect(url_for("dossiers.page", code=step.code), 303)
    flash(_told(step, done.dossier, tx.now), "ok")
    if done.opened:
        return redirect(url_for("inbox.task", id=done.opened[0]), 303)
    return redirect(url_for("inbox.listing"), 303)


def _refused(fault: Fault, answers: Mapping[str, Any], typed: Mapping[str, str]) -> Filled:
    """The form as it was filled, with what is wrong said where it is."""
    why = sentence(fault, language())
    if isinstance(fault, BadAnswers):
        faults: Any = fault.particulars["faults"]
        return Filled(answers, tuple(faults), {}, typed)
    if isinstance(fault, BadExtension):
        return Filled(answers, (FieldFault("amount", "most", Text(why, why)),), {}, typed)
    return Filled(
        answers,
        (),
        {_PLACES.get(type(fault), "complete"): why},
        typed,
        isinstance(fault, FilesArrived),
    )


def _told(step: forms.StepForm, dossier: int, at: datetime) -> Markup:
    """That the step is done, and where to print what it issued: slips are signed and handed out."""
    with reading() as connection:
        issued = [one for one in records.slips_of(connection, dossier) if one.issued_at == at]
    link = Markup(' <a href="{}" target="_blank">{}</a>')
    links = [
        link.format(
            url_for("dossiers.slip", code=step.code, id=one.id), t(f"slip.print_{one.kind}")
        )
        for one in issued
    ]
    return Markup.escape(t("inbox.done", step=step.name, code=step.code)) + Markup("").join(links)


def _unfit(taken: uploads.Taken) -> tuple[FieldFault, ...]:
    """The files that could not be taken, each as a fault of its field."""
    return tuple(FieldFault(at, "file", Text(why, why)) for at, why in taken.faults.items())


def _page(id: str, filled: Filled | None, status: int = 200) -> ResponseReturnValue:
    now, lang = instant(), language()
    with reading() as connection:
        view = questions.view(connection, actor(), id, now)
        dossier = view.dossier
        release = catalogue.release_view(connection, dossier.procedure_name, dossier.release)
        names = forms.step_names(connection, dossier.release)
        written = forms.every_form(connection, dossier.release)
        colleagues = _colleagues(connection, view, now)
        said = messages.messages_of(connection, dossier.id)
    form = load(view.form.schema, view.form.ui) if view.form else None
    asked = [load(one.schema, one.ui) for one in written]
    filled = filled or Filled(None)
    answers = (view.draft or {}) if filled.answers is None else filled.answers
    works = view.state == "open" and bool(view.may_work)
    drawn = (
        fields.draw(form, answers, filled.form_faults, lang, view.data, now.date()) if form else ""
    )
    reason = REASONS.get(view.may_work.reason)
    waiting = {view.step: view.name} if view.state == "open" else {}
    page = render_template(
        "inbox/task.html",
        task=view,
        messages=said,
        opinions=[
            (line, story.opinion(line), False) for line in dossier.opinions if line.task != id
        ],
        owed=left(
            dossier.due_at,
            dossier.time_left,
            now,
            lang,
            paused=dossier.paused,
            remaining=(dossier.clock.remaining, release.manifest.limit.unit),
        ),
        drawn=drawn if works else "",
        phone=uploads.phone(id, request.form.get("_phone", "")) if works else None,
        linked=filled.linked or bool(request.form.get("_linked")),
        news=uploads.news(filled.came),
        reason=say(reason),
        colleagues=colleagues,
        faults=[
            *((fault.pointer, fault.message.say(lang)) for fault in filled.form_faults),
            *filled.faults.items(),
        ],
        by_name=filled.faults,
        typed=filled.typed,
        late_entry=bool(filled.typed.get("legal_at")),
        known=_known(view.data, form, asked),
        path=story.where(release.path, dossier, waiting),
        diagram_url=url_for("public.release_diagram", digest=dossier.release),
        titles=story.paper_titles(release.manifest.papers, asked),
        story=story.lines(dossier.journal, names, lambda step: None),
    )
    return make_response(page, status)


def _colleagues(
    connection: Connection, task: questions.TaskView, now: datetime
) -> tuple[organisation.Holder, ...]:
    """Whom the person may hand the open task to: those who may do it and do not hold it yet."""
    if task.state != "open" or not task.may_reassign:
        return ()
    there = organisation.able(connection, TaskThing(task.role, task.unit, apart=task.apart), now)
    return tuple(one for one in there if one.id != task.holder_id)


def _known(
    data: Mapping[str, Any], form: Form | None, written: Iterable[Form]
) -> list[tuple[str, str]]:
    """What earlier steps answered, without what this step asks itself."""
    asked = set(form.ui.get("fields", {})) if form else set()
    written = tuple(written)
    told = {name for one in written for name in one.ui.get("fields", {})} - asked
    return story.pairs({name: data[name] for name in data if name in told}, *written)
