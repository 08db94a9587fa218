"""What cannot be run right is refused by the name of the element."""

from __future__ import annotations

import time

import pytest

from engine.bpmn.findings import findings
from engine.bpmn.reading import read_xml
from engine.errors import BadPackage, BadXml
from tests.engine_bpmn.drawing import (
    HEAD,
    el,
    file,
    flows,
    process,
    properties,
    script,
    simple,
    spec_of,
    timer,
    user,
)

MESSAGE = '<bpmn:message id="Msg" name="m" />'
CATCH = '<bpmn:messageEventDefinition messageRef="Msg" />'
MANY = "<bpmn:multiInstanceLoopCharacteristics />"
CANCEL = b"<bpmn:cancelEventDefinition />"
LINK = '<bpmn:linkEventDefinition name="x" />'


def said(source: bytes, **tables: bytes) -> set[tuple[str, str | None]]:
    """Rule and element of each finding that is not mere information."""
    files = {"process.bpmn": source, **{f"{name}.dmn": text for name, text in tables.items()}}
    return {(f.rule, f.element) for f in findings(files) if f.severity != "info"}


@pytest.mark.parametrize(
    ("rule", "element", "source"),
    [
        (
            "complex-gateway",
            "X",
            simple(user("A") + el("complexGateway", "X"), "S > A > X > E\nS > X"),
        ),
        ("ad-hoc", "X", simple(el("adHocSubProcess", "X", el("startEvent", "I")), "S > X > E")),
        ("cancel-outside", "E", simple("", "S > E").replace(b'id="E">', b'id="E">' + CANCEL)),
        ("link-to-nowhere", "X", simple(el("intermediateThrowEvent", "X", LINK), "S > X")),
        (
            "condition-missing",
            "X",
            simple(
                el("intermediateCatchEvent", "X", "<bpmn:conditionalEventDefinition />"),
                "S > X > E",
            ),
        ),
        (
            "event-sub-process",
            "X",
            simple(el("subProcess", "X", user("I"), triggeredByEvent="true"), "S > E"),
        ),
        ("compensation", "X", simple(el("userTask", "X", isForCompensation="true"), "S > E")),
        (
            "event-kind",
            "X",
            simple(
                el("boundaryEvent", "X", LINK, attachedToRef="A") + user("A"), "S > A > E\nX > E"
            ),
        ),
        ("catch-without-event", "X", simple(el("intermediateCatchEvent", "X"), "S > X > E")),
        (
            "boundary-without-host",
            "X",
            simple(
                el("boundaryEvent", "X", timer("timeDuration", "P1D"), attachedToRef="Q"),
                "S > E\nX > E",
            ),
        ),
        ("service-without-operator", "X", simple(el("serviceTask", "X"), "S > X > E")),
        ("rule-without-decision", "X", simple(el("businessRuleTask", "X"), "S > X > E")),
        (
            "unknown-decision",
            "X",
            simple(el("businessRuleTask", "X", properties(decision="Q")), "S > X > E"),
        ),
        ("call-without-process", "X", simple(el("callActivity", "X"), "S > X > E")),
        ("unknown-process", "X", simple(el("callActivity", "X", calledElement="Q"), "S > X > E")),
        (
            "script-language",
            "X",
            simple(
                el("scriptTask", "X", "<bpmn:script>x</bpmn:script>", scriptFormat="groovy"),
                "S > X > E",
            ),
        ),
        ("script-empty", "X", simple(el("scriptTask", "X"), "S > X > E")),
        ("message-without-name", "X", simple(el("receiveTask", "X"), "S > X > E")),
        (
            "event-gateway-target",
            "X",
            simple(
                el("eventBasedGateway", "X") + user("A") + el("intermediateCatchEvent", "C", CATCH),
                "S > X > A > E\nX > C > E",
                MESSAGE,
            ),
        ),
        ("many-of-what", "X", simple(el("userTask", "X", MANY), "S > X > E")),
        (
            "loop-without-end",
            "X",
            simple(el("userTask", "X", "<bpmn:standardLoopCharacteristics />"), "S > X > E"),
        ),
        ("quantities", "X", simple(el("userTask", "X", startQuantity="two"), "S > X > E")),
        ("several-starts", "X", simple(el("startEvent", "X"), "S > E\nX > E")),
        ("unknown-element", "X", simple(el("callChoreography", "X"), "S > E")),
        ("duplicate-id", "X", simple(user("X") + el("group", "X"), "S > X > E")),
        ("dangling-flow", "f", simple("", "S > E\nf = S > Nowhere")),
        (
            "dangling-reference",
            None,
            simple(el("intermediateCatchEvent", "X", CATCH), "S > X > E"),
        ),
        ("dangling-reference", "X", simple(el("exclusiveGateway", "X", default="q"), "S > X > E")),
        ("unreachable", "X", simple(user("X"), "S > E\nX > E")),
        ("empty-process", "X", simple(el("subProcess", "X"), "S > X > E")),
        ("flow-out-of-end", "E", simple(user("A"), "S > E > A")),
        (
            "gateway-without-default",
            "X",
            simple(el("exclusiveGateway", "X") + user("A"), "S > X\nX > A : a\nX > E : b\nA > E"),
        ),
        (
            "flow-without-condition",
            "X",
            simple(el("exclusiveGateway", "X") + user("A"), "S > X > A > E\nX > E"),
        ),
        (
            "condition-ignored",
            "X",
            simple(el("parallelGateway", "X") + user("A"), "S > X\nX > A : a\nX > E\nA > E"),
        ),
        (
            "join-never-completes",
            "X",
            simple(
                el("exclusiveGateway", "G", default="d")
                + user("A", "B")
                + el("parallelGateway", "X"),
                "S > G\nG > A : a\nd = G > B\nA > X\nB > X\nX > E",
            ),
        ),
        (
            "join-never-completes",
            "X",
            simple(
                el("parallelGateway", "X") + user("A") + el("exclusiveGateway", "G", default="d"),
                "S > X > A > G\nG > X : again\nd = G > E",
            ),
        ),
        (
            "bad-expression",
            "X",
            simple(
                el("exclusiveGateway", "X", default="d"),
                "S > X\nX > E : __import__('os')\nd = X > E",
            ),
        ),
        ("bad-expression", "X", simple(script("X", "import os"), "S > X > E")),
        ("unknown-function", "X", simple(script("X", "x = holidays(3)"), "S > X > E")),
        (
            "bad-timer",
            "X",
            simple(el("intermediateCatchEvent", "X", timer("timeDuration", "P1D2H")), "S > X > E"),
        ),
        (
            "bad-expression",
            "X",
            simple(el("intermediateCatchEvent", "X", timer("timeDuration", "5 days")), "S > X > E"),
        ),
        (
            "timer-without-time",
            "X",
            simple(el("intermediateCatchEvent", "X", timer("timeDate", "")), "S > X > E"),
        ),
        (
            "timer-repeats",
            "X",
            simple(el("intermediateCatchEvent", "X", timer("timeCycle", "R3/P1D")), "S > X > E"),
        ),
    ],
)
def test_a_rule_names_the_element(rule: str, element: str | None, source: bytes) -> None:
    assert (f"bpmn.{rule}", element) in said(source)


@pytest.mark.parametrize(
    "source",
    [
        simple(user("A"), "S > A > E"),
        simple(
            el("parallelGateway", "F") + user("A", "B") + el("parallelGateway", "J"),
            "S > F > A > J > E\nF > B > J",
        ),
        simple(
            user("A", "B") + el("boundaryEvent", "T", timer("timeCycle", "R3/PT24H"),
                                attachedToRef="A", cancelActivity="false"),
            "S > A > E\nT > B > E",
        ),
        simple(
            el("intermediateCatchEvent", "T", timer("timeDate", "before_due(working_days(1))")),
            "S > T > E",
        ),
        simple(
            el("exclusiveGateway", "M") + el("parallelGateway", "F") + user("A", "B")
            + el("parallelGateway", "J") + el("exclusiveGateway", "G", default="d"),
            "S > M > F > A > J > G\nF > B > J\nG > M : again\nd = G > E",
        ),
        simple(
            el("subProcess", "P1", user("I") + el("startEvent", "IS") + flows("IS > I")),
            "S > P1 > E",
        ),
    ],
)  # fmt: skip
def test_a_sound_diagram_says_nothing(source: bytes) -> None:
    assert said(source) == set()


def test_a_finding_has_a_place() -> None:
    body = user("A") + "\n\n" + el("complexGateway", "X", name="which?")
    source = simple(body, "S > A > X > E\nS > X")
    (finding,) = [f for f in findings({"a.bpmn": source}) if f.rule == "bpmn.complex-gateway"]
    assert (finding.file, finding.name, finding.kind, finding.line) == (
        "a.bpmn",
        "which?",
        "complexGateway",
        3,
    )
    assert finding.severity == "error"


def test_what_is_refused_is_not_compiled() -> None:
    source = simple(el("subProcess", "X", user("I"), triggeredByEvent="true"), "S > E")
    with pytest.raises(BadPackage) as caught:
        spec_of(source)
    assert caught.value.particulars["cause"] == "bpmn.event-sub-process:X"


def test_an_id_in_two_files_of_a_package_is_named() -> None:
    one = simple(el("callActivity", "C", calledElement="Q"), "S > C > E")
    two = file(process(el("startEvent", "S") + user("A"), "S > A", "Q"))
    rules = {(f.rule, f.element) for f in findings({"1.bpmn": one, "2.bpmn": two})}
    assert ("bpmn.id-in-two-files", "S") in rules


@pytest.mark.parametrize(
    ("rule", "policy", "cell", "output"),
    [
        ("dmn.hit-policy", "PRIORITY", "5", "1"),
        ("dmn.feel", "FIRST", "[1..10]", "1"),
        ("dmn.feel", "FIRST", "1,2,5", "1"),
        ("dmn.feel", "FIRST", "not(5)", "1"),
        ("dmn.bad-expression", "FIRST", "&gt; import", "1"),
        ("dmn.bad-expression", "FIRST", "5", "open('x').read"),
    ],
)
def test_a_table_that_would_not_match_is_named(
    rule: str, policy: str, cell: str, output: str
) -> None:
    table = f"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d">
  <decision id="Fee"><decisionTable id="t" hitPolicy="{policy}">
  <input id="i" label="n"><inputExpression id="x"><text>n</text></inputExpression></input>
  <output id="o" name="fee" /><rule id="r"><inputEntry id="a"><text>{cell}</text></inputEntry>
  <outputEntry id="b"><text>{output}</text></outputEntry></rule>
  </decisionTable></decision></definitions>"""
    task = el("businessRuleTask", "R", properties(decision="Fee"))
    assert (rule, "Fee") in said(simple(task, "S > R > E"), fee=table.encode())


@pytest.mark.parametrize(
    ("cause", "data"),
    [
        ("doctype", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'),
        ("doctype", b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>'),
        ("doctype", b'<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>'),
        ("not_xml", b"<a><b></a>"),
        ("not_xml", b""),
        ("not_xml", b"\xff\xfe\x00"),
        ("not_xml", b'<?xml version="1.0" encoding="nothing"?><a/>'),
        ("too_big", b"<a>" + b" " * 2_000_001 + b"</a>"),
        ("too_deep", b"<a>" * 130 + b"</a>" * 130),
        ("not_xml", b"<a>" * 5000 + b"</a>" * 5000),
        ("too_many", b"<a>" + b"<b/>" * 70_000 + b"</a>"),
    ],
)
def test_hostile_and_broken_files_are_refused_quickly(cause: str, data: bytes) -> None:
    began = time.perf_counter()
    with pytest.raises(BadXml) as caught:
        read_xml("a.bpmn", data)
    assert str(caught.value.particulars["cause"]).startswith(cause)
    assert caught.value.particulars["file"] == "a.bpmn"
    (finding,) = findings({"a.bpmn": data})
    assert finding.rule == "bpmn.unreadable"
    assert finding.particulars["cause"] == cause
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("blocks", [120, 900])
def test_a_large_file_is_looked_at_in_bounded_time(blocks: int) -> None:
    body, way = "", ["S"]
    for n in range(blocks):
        body += el("exclusiveGateway", f"X{n}", default=f"d{n}") + user(f"A{n}", f"B{n}")
        body += el("parallelGateway", f"F{n}") + el("parallelGateway", f"J{n}")
        body += el("exclusiveGateway", f"M{n}")
        way += [f"F{n}", f"A{n}", f"J{n}", f"X{n}", f"M{n}"]
    more = "\n".join(f"F{n} > B{n} > J{n}\nX{n} > M{n} : a" for n in range(blocks))
    began = time.perf_counter()
    rules = {rule for rule, _ in said(simple(body, " > ".join([*way, "E"]) + "\n" + more))}
    assert ("bpmn.too-large" in rules) == (blocks == 900)
    assert "bpmn.join-never-completes" not in rules
    assert time.perf_counter() - began < 5


def test_a_file_of_something_else_has_no_process() -> None:
    assert said((HEAD + "</bpmn:definitions>").encode()) == {("bpmn.no-process", None)}
    assert said(b"<html/>") == {("bpmn.no-process", None)}


def test_a_typical_file_is_looked_at_quickly() -> None:
    names = [f"T{number}" for number in range(25)]
    source = simple(user(*names), " > ".join(["S", *names, "E"]))
    spent = []
    for _ in range(4):  # the machine's own work is not ours; the first time fills caches
        began = time.process_time()
        findings({"a.bpmn": source})
        spent.append(time.process_time() - began)
    assert min(spent) < 0.05
