"""How drawn events are rewritten before SpiffWorkflow reads them."""

from __future__ import annotations

from engine.bpmn.diagram import Node
from engine.bpmn.vocabulary import children, tag, text_of
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
