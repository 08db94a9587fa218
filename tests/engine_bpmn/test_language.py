"""Every text a diagram evaluates goes through the safe language, never through Python's own."""

from __future__ import annotations

from pathlib import Path

import pytest

import engine.bpmn
from engine.bpmn.parse import build
from engine.errors import RunFailed
from tests.engine_bpmn.drawing import Play, el, properties, script, simple, spec_of, timer, user

EVIL = (
    "__import__('os').system('true')",
    "().__class__.__base__.__subclasses__()",
    "open('/etc/passwd').read()",
    "10 ** 10 ** 10",
    "[0] * 10 ** 10",
)


def xml(text: str) -> str:
    """The text as an attribute or content."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def table(cell: str) -> bytes:
    """A decision table with one rule."""
    return f"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d">
  <decision id="D"><decisionTable id="t" hitPolicy="FIRST">
  <input id="i" label="n"><inputExpression id="x"><text>n</text></inputExpression></input>
  <output id="o" name="fee" /><rule id="r"><inputEntry id="a"><text>-</text></inputEntry>
  <outputEntry id="b"><text>{xml(cell)}</text></outputEntry></rule>
  </decisionTable></decision></definitions>""".encode()


@pytest.mark.parametrize("text", EVIL)
@pytest.mark.parametrize("place", ["condition", "script", "timer", "parameter", "many", "table"])
def test_what_reaches_for_the_machine_fails_as_its_element(place: str, text: str) -> None:
    tables = None
    if place == "condition":
        body, way = el("exclusiveGateway", "X", default="d"), f"S > X\nX > E : {text}\nd = X > E"
    else:
        way = "S > X > E"
        many = f"<bpmn:loopCardinality>{xml(text)}</bpmn:loopCardinality>"
        body = {
            "script": script("X", f"y = {text}"),
            "timer": el("intermediateCatchEvent", "X", timer("timeDate", xml(text))),
            "parameter": el("serviceTask", "X", properties(operator="notify", param__to=xml(text))),
            "many": el(
                "userTask",
                "X",
                f"<bpmn:multiInstanceLoopCharacteristics>{many}"
                "</bpmn:multiInstanceLoopCharacteristics>",
            ),
            "table": el("businessRuleTask", "X", properties(decision="D")),
        }[place]
        tables = {"d.dmn": table(text)} if place == "table" else None
    with pytest.raises(RunFailed) as caught:
        Play(spec_of(simple(body, way), tables=tables)).start(n=1)
    assert caught.value.particulars["element"] == "X"


def test_a_functions_value_cannot_be_kept() -> None:
    with pytest.raises(RunFailed) as caught:
        Play(simple(script("X", "y = working_days(3)"), "S > X > E")).start()
    assert "Counted" in str(caught.value.particulars["cause"])


def test_expressions_know_the_day_and_the_due_instant() -> None:
    play = Play(simple(script("X", "day = today()\nlegal = due()"), "S > X > E")).start()
    assert play.data == {"day": "2025-07-01", "legal": None}


def test_braces_around_an_expression_are_read_over() -> None:
    source = simple(
        el("exclusiveGateway", "G", default="d") + user("A", "B"),
        "S > G\nG > A : ${n > 1}\nd = G > B\nA > E\nB > E",
    )
    assert Play(source).start(n=2).open == ["A"]
    assert Play(source).start(n=1).open == ["B"]


def test_the_room_asks_no_clock_and_draws_no_lots() -> None:
    folder = Path(engine.bpmn.__file__).parent
    forbidden = ("datetime.now", "time.time", "uuid4", "uuid1", "import random", "os.environ")
    for module in folder.glob("*.py"):
        text = module.read_text()
        assert not [word for word in forbidden if word in text], module.name
        assert "eval(" not in text.replace(".eval(", ""), module.name


def test_what_a_form_asks_for_and_nobody_has_filled_counts_as_empty() -> None:
    drawn = simple(
        el("exclusiveGateway", "G", default="f") + user("A", "B"),
        "S > G\nG > A : amount > 10 or kind == 'x'\nf = G > B\nA > E\nB > E",
    )
    form = b'{"type": "object", "properties": {"amount": {}, "kind": {}}}'
    spec = build({"0.bpmn": drawn, "forms/A.schema.json": form}, "test", "P")
    assert Play(spec).start().open == ["B"]
    assert Play(spec).start(amount=11).open == ["A"]
    with pytest.raises(RunFailed) as unknown:
        Play(build({"0.bpmn": drawn}, "test", "P")).start()
    assert unknown.value.particulars["cause"] == "name:amount"
