"""The scenario files of a package can be read and speak of steps that are drawn."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from engine.bpmn.finding import Finding
from engine.check.rules import found
from engine.check.subject import Subject, closest, line_in
from engine.package import MODELS
from engine.store.organisation import ROLES

TOP = (
    "title", "start", "model", "centre", "trial", "channel", "applicant", "steps", "expect",
)  # fmt: skip
STEP = (
    "step", "at", "by", "answers", "papers", "wait", "expect", "note", "act", "reason",
)  # fmt: skip
EXPECT = (
    "path", "status", "due", "promised", "on_time", "slips", "signals", "open", "paused",
    "finished", "ended_at", "incident",
)  # fmt: skip
ON_TIME = ("early", "on time", "late")


def walks(subject: Subject) -> Iterator[Finding]:
    """All rules about walks, before any is played."""
    files = subject.package.under("walks", ".toml")
    if not files:
        yield found("walk.none", "procedure.toml")
    steps = tuple(subject.steps)
    for path, data in files.items():
        try:
            text = data.decode("utf-8")
            walk = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            yield found(
                "walk.unreadable", path, line=getattr(error, "lineno", None), detail=str(error)
            )
            continue
        for rule, needle, particulars in _walk(walk, steps):
            line = line_in(text, needle) if needle else None
            yield found(rule, path, None, line, **particulars)


Said = tuple[str, str, dict[str, object]]


def _walk(walk: Mapping[str, Any], steps: tuple[str, ...]) -> Iterator[Said]:
    yield from _keys(walk, TOP, "")
    for key in ("title", "start", "steps", "expect"):
        if key not in walk:
            yield "walk.missing-key", "", {"key": key}
    if "start" in walk and not isinstance(walk["start"], datetime):
        yield "walk.bad-value", "start", {"key": "start", "value": walk["start"], "allowed": ""}
    if walk.get("model", MODELS[0]) not in MODELS:
        yield _bad("model", walk["model"], MODELS)
    rows = walk.get("steps", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        yield _bad("steps", "", ("[[steps]]",))
        rows = []
    for row in rows:
        yield from _step(row, steps)
    expect = walk.get("expect", {})
    if not isinstance(expect, dict):
        yield _bad("expect", expect, ("[expect]",))
        return
    yield from _expect(expect, steps)


def _step(row: Mapping[str, Any], steps: tuple[str, ...]) -> Iterator[Said]:
    yield from _keys(row, STEP, "steps.")
    step = row.get("step")
    if step is not None:
        yield from _known([step], steps)
    if not any(key in row for key in ("step", "wait", "act")):
        yield "walk.missing-key", "", {"key": "steps.step"}
    at = row.get("at")
    if at is not None and not isinstance(at, datetime):
        yield _bad("at", at, ("2025-07-01T08:00:00",))
    by = row.get("by")
    if by is not None and str(by).partition(".")[0].partition("@")[0] not in ROLES:
        yield _bad("by", by, ROLES)
    if not isinstance(row.get("answers", {}), dict):
        yield _bad("answers", row["answers"], ("{…}",))
    inner = row.get("expect", {})
    if isinstance(inner, dict):
        yield from _expect(inner, steps)
    else:
        yield _bad("expect", inner, ("{…}",))


def _expect(expect: Mapping[str, Any], steps: tuple[str, ...]) -> Iterator[Said]:
    yield from _keys(expect, EXPECT, "expect.")
    for key in ("path", "open"):
        listed = expect.get(key, [])
        if isinstance(listed, list):
            yield from _known(listed, steps)
        else:
            yield _bad(key, listed, ("[…]",))
    if expect.get("on_time", ON_TIME[0]) not in ON_TIME:
        yield _bad("on_time", expect["on_time"], ON_TIME)


def _known(listed: list[Any], steps: tuple[str, ...]) -> Iterator[Said]:
    for step in listed:
        if step not in steps:
            meant = closest(str(step), steps)
            yield "walk.unknown-step", str(step), {"value": step, "meant": meant}


def _keys(table: Mapping[str, Any], known: tuple[str, ...], prefix: str) -> Iterator[Said]:
    for key in table:
        if key not in known:
            meant = closest(key, known)
            yield "walk.unknown-key", key, {"key": prefix + key, "meant": meant}


def _bad(key: str, value: object, allowed: tuple[str, ...]) -> Said:
    return "walk.bad-value", key, {"key": key, "value": value, "allowed": ", ".join(allowed)}
