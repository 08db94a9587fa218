"""How drawn events are rewritten before SpiffWorkflow reads them."""

from __future__ import annotations

from engine.bpmn.diagram import Node
from engine.bpmn.vocabulary import children, is_bpmn, local, tag, text_of
from engine.bpmn.wording import expression, unquoted


def rewrite(node: Node) -> None:
    """Rewrite one event in place; other nodes are left alone."""
    for timer in node.element.iterchildren(tag("timerEventDefinition")):
        for kind in ("timeDate", "timeDuration", "timeCycle"):
            for found in children(timer, kind):
                found.text = unquoted(text_of(found))
                for inner in list(found):
                    found.remove(inner)
    for conditional in node.element.iterchildren(tag("conditionalEventDefinition")):
        for condition in children(conditional, "condition"):
            condition.text = expression(text_of(condition))
    if node.kind == "startEvent" and node.scope.kind == "process":
        _start_when_told(node)


def _start_when_told(node: Node) -> None:
    """A run begins when a command says so: what its start waits for has happened by then."""
    for child in list(node.element):
        if is_bpmn(child) and local(child).endswith("EventDefinition"):
            node.element.remove(child)
