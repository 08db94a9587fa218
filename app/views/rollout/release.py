"""One release: what it says, how it differs from the one in use, who answers for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import instant, reading, transaction
from app.downloads import file_answer
from app.i18n import language, t
from app.identity import actor, requires
from app.views.rollout.opening import YEARS
from app.views.rollout.pages import READERS, pages
from app.views.rollout.upload import told
from engine.calendar import ZONE
from engine.changes import Change, compare, said
from engine.commands import releases
from engine.errors import Fault, UnknownRelease, UnknownSlip
from engine.package import to_zip
from engine.queries import moving, watching
from engine.queries import releases as questions
from engine.queries.releases import ReleaseLine
from engine.queries.specs import package_of
from engine.slips import KINDS, issue, sample_of, sets_of

#: What each kind of change is read under.
GROUPS = {
    "procedure": "manifest", "limit": "manifest", "paper": "manifest", "fee": "manifest",
    "lane": "roles", "deciding": "roles", "step": "diagram", "flow": "diagram",
    "form": "forms", "field": "forms", "table": "tables", "row": "tables",
    "slip": "others", "walk": "others", "shared": "others",
}  # fmt: skip

DAY, NOON = timedelta(days=1), time(12)


@dataclass(frozen=True)
class Marks:
    """The elements of the drawing that are new, changed, moved; and those that are gone."""

    added: list[str]
    changed: list[str]
    moved: list[str]
    removed: list[str]


@pages.get("/releases/<digest>")
@requires(*READERS)
def release(digest: str) -> ResponseReturnValue:
    """The page an approver reads before signing."""
    line, against, changes = _compared(digest)
    with reading() as connection:
        package = package_of(connection, digest)
        rollouts = [r for r in questions.open_rollouts(connection, instant()) if r.digest == digest]
        moves = moving.of_release(connection, digest)
        figures = watching.figures(connection, digest)
    groups = [
        (key, [said(change, language()) for change in members])
        for key, members in groupby(changes, key=lambda change: GROUPS[change.what])
    ]
    mine = line.author is not None and line.author == actor().login
    return render_template(
        "rollout/release.html",
        release=line,
        against=against,
        groups=groups,
        findings=told(package),
        walks=sorted(path for path in package.files if path.startswith("walks/")),
        files=sorted(package.files),
        slips=[kind for kind in KINDS if package.slip_file(kind)],
        earlier_sets=[one.name for one in sets_of(package) if one.until is not None],
        marks=_marks(changes),
        rollouts=rollouts,
        moves=moves,
        figures=figures,
        may_approve="approver" in actor().roles and line.state == "checked" and not mine,
        red=_red(line),
        uncovered=[one[language()] for one in (line.report or {}).get("uncovered", ())],
        may_withdraw="approver" in actor().roles and line.state in ("checked", "approved"),
        may_discard="designer" in actor().roles and line.state == "draft",
        may_roll_out="admin" in actor().roles and line.state == "approved",
    )


@pages.get("/releases/<digest>/changes.json")
@requires(*READERS)
def changes(digest: str) -> ResponseReturnValue:
    """The same differences for other tools."""
    line, against, found = _compared(digest)
    rows = [
        {**one.to_json(), "sentence": {lang: said(one, lang) for lang in ("vi", "en")}}
        for one in found
    ]
    return jsonify(release=line.digest, against=against and against.digest, changes=rows)


@pages.get("/releases/<digest>/package.zip")
@requires(*READERS)
def archive(digest: str) -> ResponseReturnValue:
    """Everything the release holds; another database takes it in as it is."""
    with reading() as connection:
        package = package_of(connection, digest)
    name = f"{package.name}-{digest[:12]}.zip"
    return file_answer(to_zip(package), "application/zip", name)


@pages.get("/releases/<digest>/slips/<kind>.pdf")
@requires(*READERS)
def preview(digest: str, kind: str) -> ResponseReturnValue:
    """A slip as this release would print it, of sample data; BadSlip says what is wrong.

    Today, or with ``set`` in the days of an earlier set of forms.
    """
    with reading() as connection:
        package = package_of(connection, digest)
    if kind not in KINDS:
        raise UnknownSlip(slip=kind)
    asked = request.args.get("set")
    until = next((one.until for one in sets_of(package) if one.name == asked), None)
    day = instant() if until is None else datetime.combine(until - DAY, NOON, ZONE)
    data = sample_of(package.manifest, kind) | {"issued_at": day.isoformat(), "trial": True}
    return file_answer(issue(package, kind, data), "application/pdf", f"{kind}.pdf")


@pages.post("/releases/<digest>/approve")
@requires("approver")
def approve(digest: str) -> ResponseReturnValue:
    """Answer for the release with the number of a decision."""
    decision = request.form.get("decision", "").strip()[:100]
    if not decision:
        flash(t("releases.decision_missing"), "late")
        return redirect(url_for("rollout.release", digest=digest), 303)
    with transaction() as tx:
        releases.approve(
            tx,
            digest,
            decision,
            effective_from=_day(request.form.get("effective_from", "")),
            notes=request.form.get("notes", "").strip()[:2000],
        )
    flash(t("releases.approved_now"), "ok")
    return redirect(url_for("rollout.release", digest=digest), 303)


@pages.post("/releases/<digest>/withdraw")
@requires("approver")
def withdraw(digest: str) -> ResponseReturnValue:
    """Take a release out of use for good; refused while a rollout opens it."""
    reason = request.form.get("why", "").strip()[:300]
    with transaction() as tx:
        releases.withdraw(tx, digest, reason)
    flash(t("releases.withdrawn_now"), "ok")
    return redirect(url_for("rollout.release", digest=digest), 303)


def _day(text: str) -> datetime | None:
    """The first instant of a day typed as ``2025-07-01``; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=ZONE) if day.year in YEARS else None


def _compared(digest: str) -> tuple[ReleaseLine, ReleaseLine | None, tuple[Change, ...]]:
    """The release, what it is held against (asked for, or the latest in use), the differences."""
    with reading() as connection:
        line = questions.release(connection, digest)
        asked = request.args.get("against")
        if asked:
            against: ReleaseLine | None = questions.release(connection, asked)
        else:
            against = questions.before(connection, line)
        if against is not None and against.procedure != line.procedure:
            raise UnknownRelease(release=asked)
        old = package_of(connection, against.digest) if against else None
        try:
            return line, against, compare(old, package_of(connection, digest))
        except Fault:  # a draft may be drawn so wrongly that there is nothing to compare
            return line, None, ()


def _red(line: ReleaseLine) -> list[tuple[str, list[str]]]:
    """The walks that came out otherwise, and how; a report of an older edition is plain text."""
    walks = (line.report or {}).get("walks", ())
    return [
        (name, [one if isinstance(one, str) else one[language()] for one in said])
        for name, ok, said in walks
        if not ok
    ]


def _marks(found: tuple[Change, ...]) -> Marks:
    drawn = [change for change in found if change.what in ("step", "flow")]

    def ids(act: str) -> list[str]:
        return list(dict.fromkeys(change.key for change in drawn if change.act == act))

    return Marks(ids("added"), ids("changed"), ids("moved"), ids("removed"))
