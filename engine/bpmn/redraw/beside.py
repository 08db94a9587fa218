"""Event sub-processes: the scope's body becomes a sub-process of its own, and each event
sub-process hangs on its border, behind a border event that waits for what would begin it."""

from __future__ import annotations

from lxml import etree

from engine.bpmn.redraw import pencil
from engine.bpmn.vocabulary import FLOW_NODES, INSERTED, Element, is_bpmn, local, tag

BODY = INSERTED + "body."


def hang_event_sub_processes(root: Element) -> None:
    """Redraw every scope that has event sub-processes, the outermost first."""
    for scope in pencil.scopes(root):
        hung = [node for node in pencil.nodes(scope) if pencil.is_event_sub_process(node)]
        if hung:
            _wrap(scope, hung)


def _wrap(scope: Element, hung: list[Element]) -> None:
    name = scope.get("id")
    inside = BODY + name
    body: Element = etree.Element(tag("subProcess"), id=inside)
    for child in list(scope):
        if is_bpmn(child) and child not in hung and _moves(child):
            body.append(child)
    scope.append(body)
    begin = pencil.insert(scope, "startEvent", f"start.{name}")
    end = pencil.insert(scope, "endEvent", f"end.{name}")
    pencil.connect(scope, begin.get("id"), inside)
    pencil.connect(scope, inside, end.get("id"))
    if not pencil.nodes(body):
        pencil.insert(body, "startEvent", f"begin.{name}")
    for node in hung:
        _hang(scope, body, node, end)


def _moves(child: Element) -> bool:
    return local(child) in FLOW_NODES or local(child) in ("sequenceFlow", "laneSet")


def _hang(scope: Element, body: Element, node: Element, end: Element) -> None:
    """The border event takes the drawn id of the start: there the sub-process waits."""
    del node.attrib["triggeredByEvent"]
    start = pencil.starts(node)[0]
    drawn = start.get("id")
    event = etree.SubElement(scope, tag("boundaryEvent"), id=drawn, attachedToRef=body.get("id"))
    event.set("cancelActivity", start.attrib.pop("isInterrupting", "true"))
    if start.get("parallelMultiple"):
        event.set("parallelMultiple", start.attrib.pop("parallelMultiple"))
    if start.get("name"):
        event.set("name", start.get("name"))
    for child in list(start):
        if local(child).endswith("EventDefinition") or local(child) == "extensionElements":
            event.append(child)
    begin = f"{INSERTED}begin.{node.get('id')}"
    pencil.lead(node, "sourceRef", drawn, begin)
    start.set("id", begin)
    pencil.connect(scope, drawn, node.get("id"))
    pencil.connect(scope, node.get("id"), end.get("id"))
