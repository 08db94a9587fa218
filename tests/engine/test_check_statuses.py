"""A diagram that would take a dossier where no dossier may go is told so before it runs."""

from __future__ import annotations

from itertools import product

import pytest

from engine.check import check_files
from engine.commands import releases
from engine.package import from_files
from engine.play import play_walk
from tests.engine.checked import PROCESS, WALK, good

SAYS = '<spiffworkflow:property name="status" value="{}"/>'
LIMIT = '<spiffworkflow:property name="timeLimit"'
END = '<bpmn:endEvent id="Done">'
BROUGHT = 'answers = { commune = "06838" }\npapers = ["request"]'
Said = tuple[int | None, int | None, int | None]


def drawn(said: Said) -> dict[str, bytes]:
    """The sample with these statuses: received, appraised, done; None: nothing is said."""
    first, second, last = ("" if one is None else SAYS.format(one) for one in said)
    text = PROCESS.replace(SAYS.format(2), first).replace(LIMIT, second + LIMIT)
    inner = f"<spiffworkflow:properties>{last}</spiffworkflow:properties>"
    ends = f"{END}<bpmn:extensionElements>{inner}</bpmn:extensionElements>" if last else END
    text = text.replace(END, ends)
    walk = WALK.replace('answers = { commune = "06838" }', BROUGHT)
    return good() | {"process.bpmn": text.encode(), "walks/plain.toml": walk.encode()}


@pytest.mark.parametrize("said", [*product((2, 9), (None, 5, 9), (None, 4, 10))])
def test_what_the_check_finds_is_what_would_happen(
    said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = drawn(said)
    found = {f.element for f in check_files(files) if f.rule == "status.unlawful"}
    monkeypatch.setattr(releases, "check_package", lambda package: ())
    told = " ".join(play_walk(from_files(files), "plain").differences)
    assert bool(found & {"Receive", "Appraise", "Done"}) == ("status:" in told), (found, told)


def test_the_finding_says_from_where_and_what_would_be_allowed() -> None:
    (found,) = [f for f in check_files(drawn((2, 9, 4))) if f.rule == "status.unlawful"]
    assert (found.element, found.severity, found.file) == ("Done", "error", "process.bpmn")
    said = found.particulars
    assert (said["before"], said["value"], said["detail"]) == (9, 4, "Thẩm định")
    assert said["allowed"] == "10"


def test_what_several_tokens_do_is_left_to_the_walks() -> None:
    files = drawn((2, 9, 4))
    text = files["process.bpmn"].decode()
    text = text.replace("</bpmn:process>", '<bpmn:parallelGateway id="Fork"/></bpmn:process>')
    found = check_files(files | {"process.bpmn": text.encode()})
    assert "status.unlawful" not in {f.rule for f in found}
