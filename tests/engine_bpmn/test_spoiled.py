"""Files that somebody spoiled get findings; what has no error compiles and begins."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.bpmn.findings import findings
from engine.bpmn.parse import build
from engine.bpmn.runtime import Complete, Facts, Outcome, Start, advance
from engine.errors import BadPackage, BadXml, RunFailed
from tests.engine_bpmn.drawing import (
    DAYS,
    MORNING,
    el,
    flows,
    properties,
    script,
    simple,
    timer,
    user,
)

BENCH = (Path(__file__).parent / "land_confirmation_bench.bpmn").read_bytes()
MAIN = "land_confirmation_bench"
MESSAGE = '<bpmn:messageEventDefinition messageRef="Msg" />'
BESIDE_M = {"attachedToRef": "M", "cancelActivity": "false"}
MIXED = simple(
    el("exclusiveGateway", "G", default="d")
    + el("eventBasedGateway", "W")
    + el("intermediateCatchEvent", "C1", MESSAGE)
    + el("intermediateCatchEvent", "C2", timer("timeDuration", "P1D"))
    + el("subProcess", "P1", el("startEvent", "IS") + user("I") + flows("IS > I"))
    + el("serviceTask", "N", properties(operator="take_number", param__register="'x'"))
    + el(
        "userTask",
        "M",
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics>",
    )
    + el("inclusiveGateway", "O")
    + el("inclusiveGateway", "OJ")
    + script("K", "x = 1")
    + el(
        "boundaryEvent",
        "B",
        timer("timeCycle", "R3/PT1H"),
        attachedToRef="M",
        cancelActivity="false",
    )
    + user("A", "H"),
    "S > G\nG > W : wait\nd = G > P1\nP1 > N > M > O\nW > C1 > A > E\nW > C2 > E\n"
    "O > K : True\nO > H : True\nK > OJ > E\nH > OJ\nB > E",
    outside='<bpmn:message id="Msg" name="reply" />',
)
WORDS = ["", "x", "S", "G", "E", "true", "2", "P1D", "${x}", "not a thing", "inserted.x", "Start"]


def spoiled(source: bytes, seed: int, times: int) -> bytes:
    """The file with some of it taken out, doubled, moved or overwritten."""
    random = Random(seed)
    root = etree.fromstring(source)
    for _ in range(times):
        elements = [e for e in root.iter() if isinstance(e.tag, str) and e.getparent() is not None]
        if not elements:  # everything was taken out already
            break
        element = random.choice(elements)
        parent = element.getparent()
        act = random.randrange(6)
        if act == 0:
            parent.remove(element)
        elif act == 1:
            parent.append(etree.fromstring(etree.tostring(element)))
        elif act == 2 and element.attrib:
            del element.attrib[random.choice(sorted(element.attrib))]
        elif act == 3 and element.attrib:
            element.set(random.choice(sorted(element.attrib)), random.choice(WORDS))
        elif act == 4:
            element.text = random.choice(WORDS)
        else:
            other = random.choice(elements)
            if other is not element and element not in other.iterancestors():
                other.append(element)
    return bytes(etree.tostring(root))


def begun(files: dict[str, bytes], main: str) -> Outcome | None:
    """A run of the file, as far as it compiles and begins."""
    try:
        spec = build(files, "x", main)
    except BadPackage as fault:
        named = fault.particulars["cause"] == "process"  # the package knows no such process
        if not named and not any(f.severity == "error" for f in findings(files)):
            raise
        return None
    try:
        return advance(spec, None, Start({"wait": False}), Facts(MORNING, DAYS), "run")
    except RunFailed:
        return None


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 6), st.sampled_from(["bench", "mixed"]))
@pytest.mark.slow
def test_a_spoiled_file_never_breaks_the_checks(seed: int, times: int, which: str) -> None:
    source, main = (BENCH, MAIN) if which == "bench" else (MIXED, "P")
    files = {"process.bpmn": spoiled(source, seed, times)}
    try:
        findings(files)
        begun(files, main)
    except BadXml:
        pytest.fail("still well-formed")


def test_the_unspoiled_files_are_clean_and_run() -> None:
    for source, main in ((BENCH, MAIN), (MIXED, "P")):
        files = {"process.bpmn": source}
        assert [f for f in findings(files) if f.severity == "error"] == []
        outcome = begun(files, main)
        assert outcome is not None
        assert outcome.tasks


def test_a_step_of_the_bench_diagram_is_quick() -> None:
    spec = build({"process.bpmn": BENCH}, "x", MAIN)
    facts = Facts(MORNING, DAYS)
    took = []
    for number in range(40):
        outcome = advance(spec, None, Start({"case_seq": number}), facts, f"run{number}")
        while outcome.tasks:
            input = Complete(outcome.tasks[0].id, {"complete": True})
            began = time.perf_counter()
            outcome = advance(spec, outcome.snapshot, input, facts, "")
            took.append(time.perf_counter() - began)
        assert outcome.ended_at == "EndReturned"
    assert median(took) < 0.0012
