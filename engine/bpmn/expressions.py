"""Every text of a diagram that is evaluated later, compiled now; every literal timer read now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.bpmn import iso
from engine.bpmn.activities import operator_of, script_of
from engine.bpmn.correlations import bindings, retrievals
from engine.bpmn.diagram import Diagram, Flow, Node
from engine.bpmn.finding import Finding, about, found
from engine.bpmn.moment import FUNCTIONS
from engine.bpmn.refusals import foreign_script
from engine.bpmn.timers import LEGAL
from engine.bpmn.vocabulary import children, tag, text_of
from engine.bpmn.wording import expression, unquoted
from engine.errors import BadExpression
from engine.script import compile_expression, compile_script
from engine.script.offered import OFFERED

KNOWN = FUNCTIONS | frozenset(OFFERED)


@dataclass(frozen=True)
class Text:
    """A text to compile, and the place it stands in."""

    text: str
    place: str
    script: bool = False


def texts(node: Node) -> Iterator[Text]:
    """What a node will evaluate, timers apart."""
    element = node.element
    if node.kind == "scriptTask" and script_of(element) and not foreign_script(node):
        yield Text(script_of(element), "script", script=True)
    asked = operator_of(element) if node.kind == "serviceTask" else None
    for name, value in asked[1].items() if asked else ():
        yield Text(expression(value), f"param.{name}")
    for definition in children(element, "conditionalEventDefinition"):
        for one in children(definition, "condition"):
            yield Text(expression(text_of(one)), "condition")
    for one in children(element, "activationCondition", "completionCondition"):
        yield Text(expression(text_of(one)), one.tag.partition("}")[2])
    for loop in element.iterchildren(
        tag("multiInstanceLoopCharacteristics"), tag("standardLoopCharacteristics")
    ):
        for child in children(loop, "loopCardinality", "completionCondition", "loopCondition"):
            yield Text(expression(text_of(child)), child.tag.partition("}")[2])


def conditions(flow: Flow) -> Iterator[Text]:
    """The condition of a flow."""
    if flow.condition is not None:
        yield Text(expression(flow.condition), "condition")


def unreadable_expressions(diagram: Diagram) -> Iterator[Finding]:
    """An expression or script that the safe language does not know."""
    for node in diagram.nodes():
        for text in texts(node):
            yield from _compiled(diagram, node, text)
        for flow in node.outgoing:
            for text in conditions(flow):
                yield from _compiled(diagram, node, text, flow.id)


def _begins(node: Node) -> bool:
    return node.kind == "startEvent" and node.scope.kind == "process"


def _asks_the_run(text: str) -> bool:
    """Whether an expression needs data or a due date: before a run begins there is neither."""
    try:
        read = compile_expression(text)
    except BadExpression:
        return False  # told already
    return bool(read.names or read.calls & LEGAL)


def unreadable_correlations(diagram: Diagram) -> Iterator[Finding]:
    """A correlation that says no value, or one that the safe language does not know."""
    told = [(one, text) for one, _, text in retrievals(diagram.root)]
    told += [(one, text) for one, _, text in bindings(diagram.root)]
    for element, text in told:
        if not text:
            yield about(diagram, element, "bpmn.correlation-empty", severity="warning")
            continue
        try:
            compile_expression(expression(text))
        except BadExpression as fault:
            said = {**fault.particulars, "place": "correlation", "text": text}
            yield about(diagram, element, "bpmn.bad-expression", "error", said)


def _compiled(
    diagram: Diagram, node: Node, text: Text, flow: str | None = None
) -> Iterator[Finding]:
    where = {"place": text.place, **({"flow": flow} if flow else {})}
    try:
        read = compile_script(text.text) if text.script else compile_expression(text.text)
    except BadExpression as fault:
        particulars = {**fault.particulars, **where, "text": text.text}
        yield found("bad-expression", "error", diagram, node, **particulars)
        return
    for name in sorted(read.calls - KNOWN):
        yield found("unknown-function", "error", diagram, node, text=text.text, call=name, **where)


def unreadable_timers(diagram: Diagram) -> Iterator[Finding]:
    """A timer that is neither ISO 8601 nor an expression, or stands where it cannot repeat."""
    for node in diagram.nodes():
        for definition in children(node.element, "timerEventDefinition"):
            given = [c for k in iso.KINDS for c in children(definition, k) if text_of(c)]
            if len(given) != 1:
                yield found("timer-without-time", "error", diagram, node)
                continue
            kind = given[0].tag.partition("}")[2]
            yield from _timer(diagram, node, kind, unquoted(text_of(given[0])))


def _timer(diagram: Diagram, node: Node, kind: str, text: str) -> Iterator[Finding]:
    beside = node.scope.element.get("triggeredByEvent") == "true"
    repeats = node.kind == "boundaryEvent" or node.scope.kind == "process" or beside
    if kind == "timeCycle" and not (repeats and node.kind in ("boundaryEvent", "startEvent")):
        yield found("timer-repeats", "error", diagram, node, text=text)
        return
    if not iso.looks_like_iso(text):
        if kind == "timeCycle" and text.count(" ") >= 4:
            yield found("bad-timer", "error", diagram, node, place=kind, text=text)
            return
        yield from _compiled(diagram, node, Text(text, kind))
        if _begins(node) and _asks_the_run(text):
            yield found("bad-timer", "error", diagram, node, place=kind, text=text)
        return
    try:
        iso.check(kind, text)
    except (ValueError, OverflowError):
        yield found("bad-timer", "error", diagram, node, place=kind, text=text)


EXPRESSIONS = (unreadable_expressions, unreadable_timers, unreadable_correlations)
