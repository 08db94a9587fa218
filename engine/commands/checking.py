"""Drafts are judged by the worker: findings, then every walk; what is green waits for approval."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from engine.authority import require
from engine.check import check_package, uncovered, words
from engine.package import Package
from engine.queries.specs import package_of
from engine.store import releases as store
from engine.store.database import Database, Transaction
from engine.store.organisation import CLOCK
from engine.words import LANGUAGES
from engine.words.walks import Difference

log = logging.getLogger("motcua.checking")


class Walked(Protocol):
    """How one walk went."""

    @property
    def name(self) -> str: ...
    @property
    def ok(self) -> bool: ...
    @property
    def way(self) -> tuple[tuple[str, bool], ...]: ...
    @property
    def differences(self) -> tuple[Difference, ...]: ...


def carry_on(
    database: Database,
    now: datetime,
    play: Callable[[Package], Sequence[Walked]],
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Judge the drafts that nobody has judged yet, one after the other; how many."""
    with database.reading() as connection:
        waiting = store.unjudged(connection)
    done = 0
    for digest in waiting:
        if stopped():
            break
        with database.reading() as connection:
            package = package_of(connection, digest)
        try:
            report = report_on(package, play)
        except Exception as error:  # a bug of ours must not look at the same draft for ever
            log.exception("release %s could not be judged", digest)
            report = {"errors": 1, "walks": [], "failure": f"{type(error).__name__}: {error}"}
        with database.transaction(CLOCK, now) as tx:
            done += judged(tx, digest, report)
    return done


def report_on(package: Package, play: Callable[[Package], Sequence[Walked]]) -> dict[str, Any]:
    """The errors counted, how each walk went, and the flows none took.

    Walks of what has errors are not played.
    """
    errors = sum(found.severity == "error" for found in check_package(package))
    walks = [] if errors else play(package)
    return {
        "errors": errors,
        "walks": [
            [
                one.name,
                one.ok,
                [{lang: d.said(lang) for lang in LANGUAGES} for d in one.differences],
            ]
            for one in walks
        ],
        "uncovered": [
            {lang: words(flow, lang)[0] for lang in LANGUAGES} for flow in uncovered(package, walks)
        ],
    }


def judged(tx: Transaction, digest: str, report: dict[str, Any]) -> bool:
    """Keep the report; a draft without errors, red walks and flows left out is checked now."""
    require(tx.actor, "clock")
    row = store.release(tx.connection, digest)
    if row is None or row.state != "draft":
        return False
    walked = all(ok for _, ok, _ in report["walks"]) and not report.get("uncovered")
    green = walked and not report["errors"]
    values = {"report": report, "state": "checked" if green else "draft"}
    store.change_release(tx.connection, digest, values)
    return True
