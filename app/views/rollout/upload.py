"""A changed procedure comes in as a zip: checked, its walks played, kept as a release."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import transaction
from app.i18n import language, t
from app.identity import requires
from app.views.rollout.pages import pages
from engine import play
from engine.check import check_package
from engine.check.wording import words
from engine.commands import releases
from engine.errors import BadPackage
from engine.package import Package, load_zip
from engine.words import sentence

MOST_TOLD = 100
ORDER = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True)
class Said:
    """A finding as a page shows it."""

    severity: str
    file: str
    line: int | None
    message: str
    advice: str


@pages.post("/releases")
@requires("designer")
def upload() -> ResponseReturnValue:
    """Keep the release, or say everything that is wrong with it and keep nothing."""
    sent = request.files.get("package")
    if sent is None or not sent.filename:
        return _refused(t("releases.no_file"))
    try:
        package = load_zip(sent.read())
    except BadPackage as fault:
        return _refused(sentence(fault, language()))
    findings = told(package)
    if any(one.severity == "error" for one in findings):
        return _refused(t("releases.has_errors"), findings)
    wrong = [result for result in play.play(package) if not result.ok]
    if wrong:
        return _refused(t("releases.red_walks"), findings, wrong)
    with transaction() as tx:
        digest = releases.publish(tx, package)
    flash(t("releases.kept"), "ok")
    return redirect(url_for("rollout.release", digest=digest), 303)


def told(package: Package) -> list[Said]:
    """The findings of a package in words, the worst first."""
    lang = language()
    # One flow that leads nowhere leaves everything behind it without a way: causes go first.
    found = sorted(check_package(package), key=lambda one: one.rule == "bpmn.unreachable")
    found.sort(key=lambda one: ORDER[one.severity])
    return [Said(one.severity, one.file, one.line, *words(one, lang)) for one in found[:MOST_TOLD]]


def _refused(
    why: str, findings: list[Said] | None = None, walks: list[play.Result] | None = None
) -> ResponseReturnValue:
    shown = render_template(
        "rollout/refused.html", why=why, findings=findings or [], walks=walks or []
    )
    return make_response(shown, 422)
