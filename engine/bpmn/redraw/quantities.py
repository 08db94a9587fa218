"""Token quantities: an activity that needs several tokens to begin, or makes several at its end."""

from __future__ import annotations

from engine.bpmn.redraw import pencil
from engine.bpmn.vocabulary import ACTIVITIES, INSERTED, Element, local

COLLECT = INSERTED + "collect."  # the gateway that waits for so many tokens


def spell_out_quantities(root: Element) -> None:
    """Draw the waiting in front and the splitting behind."""
    for scope in pencil.scopes(root):
        for node in pencil.nodes(scope):
            if local(node) in ACTIVITIES:
                _collect(scope, node, quantity(node, "startQuantity"))
                _multiply(scope, node, quantity(node, "completionQuantity"))


def quantity(node: Element, key: str) -> int:
    """A quantity; one where none is given, nought where it makes no sense."""
    given = (node.get(key) or "1").strip()
    return int(given) if given.isdecimal() and len(given) < 4 else 0


def collected(name: str) -> int | None:
    """How many tokens an inserted gateway of that name waits for."""
    if not name.startswith(COLLECT):
        return None
    return int(name.removeprefix(COLLECT).partition(".")[0])


def _collect(scope: Element, node: Element, number: int) -> None:
    node.attrib.pop("startQuantity", None)
    if number < 2:
        return
    id = node.get("id")
    gateway = pencil.insert(scope, "parallelGateway", f"collect.{number}.{id}")
    pencil.lead(scope, "targetRef", id, gateway.get("id"))
    pencil.connect(scope, gateway.get("id"), id)


def _multiply(scope: Element, node: Element, number: int) -> None:
    node.attrib.pop("completionQuantity", None)
    if number < 2:
        return
    id = node.get("id")
    for flow in pencil.flows(scope):
        if flow.get("sourceRef") == id:
            gateway = pencil.insert(scope, "parallelGateway", f"multiply.{flow.get('id')}")
            target = flow.get("targetRef")
            flow.set("targetRef", gateway.get("id"))
            for turn in range(number):
                step = pencil.insert(
                    scope, "intermediateThrowEvent", f"turn.{turn}.{flow.get('id')}"
                )
                pencil.connect(scope, gateway.get("id"), step.get("id"))
                pencil.connect(scope, step.get("id"), target)
