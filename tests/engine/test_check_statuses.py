"""A diagram that would take a dossier where no dossier may go is told so before it runs."""

from __future__ import annotations

import re
from itertools import product

import pytest

from engine.check import check_files, words
from engine.check.statuses import statuses
from engine.check.subject import read_subject
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


@pytest.mark.slow
@pytest.mark.parametrize("said", [*product((2, 9), (None, 5, 9), (None, 4, 10))])
def test_what_the_check_finds_is_what_would_happen(
    said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = drawn(said)
    found = {f.element for f in check_files(files) if f.rule == "status.unlawful"}
    monkeypatch.setattr(releases, "check_package", lambda package: ())
    differences = play_walk(from_files(files), "plain").differences
    told = [one.said("en") for one in differences]
    stopped = any("the diagram asks for a change of status" in one for one in told)
    assert bool(found & {"Receive", "Appraise", "Done"}) == stopped, (found, told)


def test_the_finding_says_from_where_and_what_would_be_allowed() -> None:
    (found,) = [f for f in check_files(drawn((2, 9, 4))) if f.rule == "status.unlawful"]
    assert (found.element, found.severity, found.file) == ("Done", "warning", "process.bpmn")
    said = found.particulars
    assert (said["before"], said["value"], said["detail"]) == (9, 4, "Thẩm định")
    assert said["allowed"] == "10"
    message, advice = words(found, "vi")
    assert "từ 9 (Đã xử lý xong) (ở «Thẩm định») sang 4 (Đang xử lý)" in message
    assert "chuyển được sang: 10 (Đã trả kết quả)." in advice
    assert "from status 9 (Settled) (at “Thẩm định”) to 4 (In progress)" in words(found, "en")[0]


ALL_EVENTS = '<bpmn:eventBasedGateway id="G" eventGatewayType="Parallel"/>'
FLOW = '<bpmn:sequenceFlow id="F8" sourceRef="Receive" targetRef="Outcome"/>'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("</bpmn:process>", '<bpmn:parallelGateway id="Fork"/></bpmn:process>'),
        ("</bpmn:process>", f"{FLOW}</bpmn:process>"),
        ('id="Receive" name', 'id="Receive" completionQuantity="2" name'),
        (
            "</bpmn:process>",
            '<bpmn:eventBasedGateway id="G" eventGatewayType="Parallel"/></bpmn:process>',
        ),
    ],
)
def test_what_several_tokens_do_is_left_to_the_walks(old: str, new: str) -> None:
    files = drawn((2, 9, 4))
    text = files["process.bpmn"].decode().replace(old, new)
    found = check_files(files | {"process.bpmn": text.encode()})
    assert "status.unlawful" not in {f.rule for f in found}


def test_a_way_that_ends_without_an_end_settles_the_dossier() -> None:
    files = drawn((2, 5, 4))
    text = files["process.bpmn"].decode()
    for flow in ("F3", "F4", "F5", "F6", "F7"):
        text = re.sub(
            rf'<bpmn:sequenceFlow id="{flow}".*?(/>|</bpmn:sequenceFlow>)', "", text, flags=re.S
        )
    found = check_files(files | {"process.bpmn": text.encode()})
    told = [(f.element, f.particulars["value"]) for f in found if f.rule == "status.unlawful"]
    assert told == [("Appraise", 9)]


def test_a_large_diagram_is_followed_in_bounded_time() -> None:
    task = (
        '<bpmn:userTask id="T{0}" name="T{0}"><bpmn:extensionElements>'
        "<spiffworkflow:properties>{1}</spiffworkflow:properties>"
        "</bpmn:extensionElements></bpmn:userTask>"
    )
    flow = '<bpmn:sequenceFlow id="{0}{1}" sourceRef="{2}" targetRef="{3}"/>'
    more = [task.format(n, SAYS.format(4 + n % 2 * 5)) for n in range(400)]
    more += [flow.format("A", n, "Outcome", f"T{n}") for n in range(400)]
    more += [flow.format("B", n, f"T{n}", "Outcome") for n in range(400)]
    text = PROCESS.replace("</bpmn:process>", "".join(more) + "</bpmn:process>")
    subject = read_subject(from_files(good() | {"process.bpmn": text.encode()}))
    assert 0 < len(list(statuses(subject))) <= 2 * 400
