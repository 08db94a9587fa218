"""Several start events of a process: whichever happened is where the token begins."""

from __future__ import annotations

from engine.bpmn.redraw import pencil
from engine.bpmn.vocabulary import INSERTED, Element, children, local

CHOOSE = INSERTED + "choose."


def choose_start(root: Element) -> None:
    """One start for the run, and behind it a choice between the drawn ones.

    A run begins when a command says so: what its start waits for has happened by then, but for a
    condition, which is looked at with the data it begins with.
    """
    for scope in pencil.scopes(root):
        if local(scope) != "process":
            continue
        drawn = pencil.starts(scope)
        for start in drawn:
            if not children(start, "conditionalEventDefinition"):
                pencil.strip(start)
        if len(drawn) > 1 or any(pencil.definitions(start) for start in drawn):
            _choose(scope, drawn)


def _choose(scope: Element, drawn: list[Element]) -> None:
    name = scope.get("id")
    start = pencil.insert(scope, "startEvent", f"start.{name}")
    gateway = pencil.insert(scope, "exclusiveGateway", f"choose.{name}")
    pencil.connect(scope, start.get("id"), gateway.get("id"))
    for event in drawn:
        waits = bool(pencil.definitions(event))
        pencil.become(event, "intermediateCatchEvent" if waits else "intermediateThrowEvent")
        event.attrib.pop("isInterrupting", None)
        flow = pencil.connect(scope, gateway.get("id"), event.get("id"))
        if event is drawn[0]:
            gateway.set("default", flow.get("id"))
        else:
            pencil.condition(flow, "False")  # the run knows which one it was
