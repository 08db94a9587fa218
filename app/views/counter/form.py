"""The counter's form: who applies, the papers, the procedure's own fields, the path ahead."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from app import applicant, fields, papers, uploads
from app.applicant import Applicant
from app.database import instant, office_days, reading
from app.i18n import language, say, t
from app.identity import actor, requires
from app.papers import PaperLine
from app.views.counter.pages import centre_here, pages
from engine.calendar import Clock, History, read_clock
from engine.commands.returning import WAYS
from engine.forms import FieldFault, Form, load
from engine.package import Manifest
from engine.queries import catalogue, forms, organisation
from engine.queries import papers as questions
from engine.queries.catalogue import ProcedureView

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.store.organisation import Unit


@dataclass(frozen=True)
class Desk:
    """What lies on the desk before the citizen speaks."""

    offer: ProcedureView
    centre: Unit
    form: Form | None
    promise: Clock

    @property
    def manifest(self) -> Manifest:
        """What procedure.toml says."""
        return self.offer.manifest


@dataclass(frozen=True)
class Filled:
    """The form as it stands: what was typed, and what is wrong with it."""

    who: Applicant
    papers: tuple[PaperLine, ...]
    key: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    form_faults: tuple[FieldFault, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    scan: str = ""  # "", "done" or "bad"
    reused: Mapping[str, str] = field(default_factory=dict)  # chosen, not taken yet, by paper
    came: int = 0  # files put just now, by this posting or a telephone

    linked: bool = False  # a telephone has sent something that the form does not hold yet

    def told(self, **faults: str) -> Filled:
        """The same with these faults beside the others."""
        return replace(self, faults={**self.faults, **faults})

    def dropped(self, token: str) -> Filled:
        """The same without a scan that whoever sits at the counter took out."""
        lines = (
            replace(line, kept=tuple(one for one in line.kept if one[0] != token))
            for line in self.papers
        )
        return replace(self, papers=tuple(lines))

    def without(self, token: str) -> Filled:
        """The same without a file that cannot be used, which its line says."""
        lines = []
        for line in self.papers:
            gone = [name for kept, name in line.kept if kept == token]
            kept = tuple(one for one in line.kept if one[0] != token)
            fault = t("needs.file_again", name=gone[0]) if gone else line.fault
            lines.append(replace(line, kept=kept, fault=fault))
        return replace(self, papers=tuple(lines))


@pages.get("/counter/<procedure>")
@requires("reception")
def form(procedure: str) -> ResponseReturnValue:
    """The empty form, with the path ahead and the date that would be promised now."""
    desk = desk_for(procedure)
    start = Filled(
        applicant.empty(), papers.first_look(desk.manifest.papers), key=secrets.token_hex(16)
    )
    return page(desk, start)


def desk_for(procedure: str) -> Desk:
    """The release a dossier received here and now would get, live unless the address says trial."""
    now = instant()
    with reading() as connection:
        centre = centre_here(organisation.counters_of(connection, actor(), now))
        offer = catalogue.procedure(
            connection,
            procedure,
            now,
            centre.code,
            request.args.get("model") or None,
            trial=bool(request.args.get("trial")),
        )
        files = forms.counter_form(connection, offer.release)
        manifest = offer.manifest
        history = History(now, manifest.limit, restart_on_resume=manifest.restart_on_resume)
        promise = read_clock(history, office_days(connection, centre.code), now)
    return Desk(offer, centre, load(files.schema, files.ui) if files else None, promise)


def page(desk: Desk, filled: Filled, status: int = 200) -> ResponseReturnValue:
    """The form with everything typed still in it."""
    manifest, lang, asked = desk.manifest, language(), request.form.get("_phone", "")
    with reading() as connection:
        centres = organisation.centres(connection, instant())
        keys = [paper.key for paper in manifest.papers]
        earlier = catalogue_of_earlier(connection, filled.who.typed["applicant.citizen_id"], keys)
    drawn = (
        fields.draw(desk.form, filled.answers, filled.form_faults, lang, {}, instant().date())
        if desk.form
        else ""
    )
    shown = render_template(
        "counter/form.html",
        desk=desk,
        manifest=manifest,
        centre=desk.centre,
        trial=desk.offer.trial,
        model=request.args.get("model") or None,
        promise=desk.promise,
        path=[
            {"no": s.no, "name": s.name, "who": say(s.who), "limit": budget(s), "paused": s.paused}
            for s in desk.offer.path
        ],
        pauses=pauses(desk.offer),
        filled=filled,
        who=filled.who,
        papers=filled.papers,
        typed=filled.typed,
        phone=uploads.phone(filled.key, asked),
        linked=filled.linked or bool(request.form.get("_linked")),
        news=_news(filled, sum(map(len, earlier.values()))),
        phone_for=next((say(p.title) for p in filled.papers if asked == f"{p.name}.file"), ""),
        earlier=earlier,
        ways=WAYS,
        centres=centres,
        by_name=filled.faults,
        summary=summary(filled),
        drawn=drawn,
    )
    return make_response(shown, status)


def _news(filled: Filled, earlier: int) -> str:
    """What came of the button that looks for files: without a word the page seems to do nothing."""
    wanted = request.form.get("_fetch", "")
    if wanted != "earlier":
        return uploads.news(filled.came)
    if not filled.who.typed["applicant.citizen_id"].strip():
        return t("uploads.look_for_whom")
    return t("uploads.looked", n=earlier) if earlier else t("uploads.looked_none")


def catalogue_of_earlier(
    connection: Connection, citizen: str, keys: list[str]
) -> dict[str, list[questions.EarlierPaper]]:
    """The same papers in the applicant's earlier dossiers, by key; none before an id is typed."""
    found: dict[str, list[questions.EarlierPaper]] = {}
    for one in questions.earlier(connection, actor(), citizen.strip(), keys) if citizen else ():
        found.setdefault(one.paper, []).append(one)
    return found


def budget(step: catalogue.PathStep) -> str:
    """How long the step may take, in words."""
    return step.limit.words("en" if language() == "en" else "vi") if step.limit else ""


def pauses(offer: ProcedureView) -> list[str]:
    """The steps on the path during which the clock stands, each with how long it takes."""
    return [
        f"{step.name} ({budget(step)})" if step.limit else step.name
        for step in offer.path
        if step.paused
    ]


def summary(filled: Filled) -> list[tuple[str, str]]:
    """Every fault of the page as (where, sentence), in the order of the fields."""
    found = list(filled.who.faults.items())
    found += [(line.name, line.fault) for line in filled.papers if line.fault]
    found += [(fault.pointer, say(fault.message)) for fault in filled.form_faults]
    return found + list(filled.faults.items())
