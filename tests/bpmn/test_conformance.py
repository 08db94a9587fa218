"""Every drawing of the suite does what it must, or is refused by name."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine import headless
from engine.bpmn.findings import findings
from engine.calendar import ZONE
from engine.headless import Story
from tests.bpmn import Case, cases, rules
from tests.bpmn.__main__ import PAGE, page

NOON = datetime(2025, 7, 1, 12, tzinfo=ZONE)
CASES = list(cases())
NAMES = [f"{case.category}/{case.name}" for case in CASES]


def play(case: Case) -> Story:
    return headless.play(
        {case.path.name: case.path.read_bytes()},
        now=NOON,
        until=NOON + timedelta(days=400),
        data=case.expected.get("data", {}),
        process=case.expected.get("process"),
    )


def passed(story: Story) -> str:
    """The elements in order; with several dossiers each with its dossier's number."""
    many = len(story.dossiers) > 1
    return " ".join(f"{p.dossier}:{p.element}" if many else p.element for p in story.trace)


def warnings(story: Story) -> list[str]:
    """What the check warns of, and where."""
    told = [found for found in story.findings if found.severity == "warning"]
    return [f"{found.rule.removeprefix('bpmn.')} {found.element}" for found in told]


@pytest.mark.parametrize("case", [c for c in CASES if not c.refused], ids=lambda c: c.path.stem)
def test_it_runs_as_the_standard_says(case: Case) -> None:
    story, expected = play(case), case.expected
    assert passed(story) == expected["trace"]
    troubles = [f"{trouble.element} {trouble.cause}" for trouble in story.incidents]
    assert troubles == ([expected["incident"]] if "incident" in expected else [])
    waiting = [d for d in story.dossiers if d.state == "waiting"]
    assert sorted({step for d in waiting for step in d.waiting}) == expected.get("waits", [])
    assert story.undelivered == expected.get("undelivered", [])
    unsound = [found for found in story.findings if found.severity == "error"]
    assert [f"{found.rule.removeprefix('bpmn.')} {found.element}" for found in unsound] == (
        expected.get("found", [])
    )
    if "warned" in expected:
        assert warnings(story) == expected["warned"]
    if "ends" in expected:
        assert story.dossiers[0].ended_at == expected["ends"]
    if "final" in expected:
        assert story.dossiers[0].data == expected["final"]


@pytest.mark.parametrize("case", [c for c in CASES if c.refused], ids=lambda c: c.path.stem)
def test_it_is_refused_by_name(case: Case) -> None:
    with pytest.raises(headless.Refusal) as refused:
        play(case)
    said = sorted(
        f"{found.rule.removeprefix('bpmn.')} {found.element or ''}".strip()
        for found in refused.value.findings
    )
    assert said == sorted(case.expected["refused"])


def test_the_suite_covers_the_drawings_that_are_there() -> None:
    drawn = {path.relative_to(path.parents[1]) for path in CASES[0].path.parents[1].rglob("*.bpmn")}
    assert {case.path.relative_to(case.path.parents[1]) for case in CASES} == drawn
    assert len(CASES) >= 150
    assert len(set(NAMES)) == len(NAMES)


def test_the_page_of_what_is_supported_is_true() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: make support"
    assert rules.PAGE.read_text(encoding="utf-8") == rules.page(), "run: make support"


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_checking_tells_the_same_each_time(case: Case) -> None:
    files = {case.path.name: case.path.read_bytes()}
    assert findings(files) == findings(files)
