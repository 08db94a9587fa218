"""Events that throw several things throw them one after the other."""

from __future__ import annotations

from engine.bpmn.redraw import pencil
from engine.bpmn.vocabulary import Element, local

#: What ends more than its own token comes last.
LAST = ("terminateEventDefinition", "errorEventDefinition", "cancelEventDefinition")


def throw_one_after_the_other(root: Element) -> None:
    """Put one throwing event in front for each definition beyond the last."""
    for scope in pencil.scopes(root):
        for node in pencil.nodes(scope):
            if local(node) in ("endEvent", "intermediateThrowEvent"):
                _spread(scope, node)


def _spread(scope: Element, node: Element) -> None:
    found = sorted(pencil.definitions(node), key=lambda d: local(d) in LAST)
    for number, definition in enumerate(found[:-1], start=1):
        before = pencil.insert(scope, "intermediateThrowEvent", f"throw.{number}.{node.get('id')}")
        if node.get("name"):
            before.set("name", node.get("name"))
        pencil.lead(scope, "targetRef", node.get("id"), before.get("id"))
        before.append(definition)
        pencil.connect(scope, before.get("id"), node.get("id"))
