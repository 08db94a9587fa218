"""A changed procedure comes in as a zip and is kept as a draft; the worker judges it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import transaction
from app.i18n import language, t
from app.identity import requires
from app.views.rollout.pages import pages
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
    """Keep a draft, whatever is wrong with it; refuse what is no procedure at all."""
    sent = request.files.get("package")
    if sent is None or not sent.filename:
        return _refused(t("releases.no_file"))
    try:
        package = load_zip(sent.read())
    except BadPackage as fault:
        return _refused(sentence(fault, language()))
    with transaction() as tx:
        digest = releases.bring(tx, package)
    flash(t("releases.kept"), "ok")
    return redirect(url_for("rollout.release", digest=digest), 303)


@pages.post("/releases/<digest>/discard")
@requires("designer")
def discard(digest: str) -> ResponseReturnValue:
    """Throw a draft away."""
    with transaction() as tx:
        releases.discard(tx, digest)
    flash(t("releases.discarded"), "ok")
    return redirect(url_for("rollout.releases"), 303)


def told(package: Package) -> list[Said]:
    """The findings of a package in words, the worst first."""
    lang = language()
    # One flow that leads nowhere leaves everything behind it without a way: causes go first.
    found = sorted(check_package(package), key=lambda one: one.rule == "bpmn.unreachable")
    found.sort(key=lambda one: ORDER[one.severity])
    return [Said(one.severity, one.file, one.line, *words(one, lang)) for one in found[:MOST_TOLD]]


def _refused(why: str) -> ResponseReturnValue:
    return make_response(render_template("rollout/refused.html", why=why), 422)
