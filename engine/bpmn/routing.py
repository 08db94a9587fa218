"""How tokens are led: conditions, splits behind tasks, and the starts and ends left undrawn."""

from __future__ import annotations

from lxml import etree

from engine.bpmn.diagram import Flow, Node, Scope
from engine.bpmn.vocabulary import GATEWAYS, INSERTED, Element, tag, text_of
from engine.bpmn.wording import expression

CHOICES = ("exclusiveGateway", "inclusiveGateway")


def rewrite(scope: Scope) -> None:
    """Rewrite the flows of one scope in place."""
    for flow in scope.flows:
        _read_condition(flow)
    for node in list(scope.nodes):
        if node.kind in CHOICES:
            _choose(scope, node)
        elif node.kind not in GATEWAYS:
            _split(scope, node)
    if not _aside(scope.element) and scope.kind != "adHocSubProcess":
        _end(scope)
        _begin(scope)


def _read_condition(flow: Flow) -> None:
    """The condition in the safe language; an empty one is none."""
    found = flow.element.find(tag("conditionExpression"))
    if found is None:
        return
    text = text_of(found)
    flow.condition = expression(text) if text else None
    _set_condition(flow.element, flow.condition)


def _choose(scope: Scope, node: Node) -> None:
    """Tell which way out of a gateway is the default, and which ones are always open."""
    element = node.element
    if len(node.outgoing) == 1:
        element.attrib.pop("default", None)
        if node.outgoing[0].condition is not None:
            _otherwise_end(scope, element)
        return
    default = next((flow for flow in node.outgoing if flow.id == node.default), None)
    unconditional = [flow for flow in node.outgoing if flow.condition is None]
    if default is not None:
        _set_condition(default.element, None)  # by the standard a default flow has no condition
    elif node.kind == "exclusiveGateway" and len(unconditional) == 1:
        element.set("default", unconditional[0].id)
    if node.kind == "inclusiveGateway":
        for flow in unconditional:
            if flow is not default:
                _set_condition(flow.element, "True")


def _split(scope: Scope, node: Node) -> None:
    """Several flows, or a conditional one, out of a task or event become a gateway behind it."""
    conditional = [flow for flow in node.outgoing if flow.condition is not None]
    if len(node.outgoing) < 2 and not conditional:
        return
    kind = "inclusiveGateway" if conditional else "parallelGateway"
    gateway = _insert(scope, kind, f"split.{node.id}")
    default = node.element.attrib.pop("default", None)
    for flow in node.outgoing:
        flow.element.set("sourceRef", _id(gateway))
        if conditional and flow.id == default:
            _set_condition(flow.element, None)
            gateway.set("default", default)
        elif conditional and flow.condition is None:
            _set_condition(flow.element, "True")
    if gateway.get("default") is None and len(conditional) == len(node.outgoing):
        _otherwise_end(scope, gateway)
    _connect(scope, node.id, _id(gateway))


def _otherwise_end(scope: Scope, gateway: Element) -> None:
    """A token that no condition lets through ends behind the gateway."""
    end = _insert(scope, "endEvent", f"otherwise.{_id(gateway)}")
    gateway.set("default", _connect(scope, _id(gateway), _id(end)))


def _end(scope: Scope) -> None:
    """Draw the ends that the diagram leaves out."""
    sources = {flow.get("sourceRef") for flow in scope.element.iterchildren(tag("sequenceFlow"))}
    for node in scope.nodes:
        if node.kind != "endEvent" and not _aside(node.element) and node.id not in sources:
            _connect(scope, node.id, _id(_insert(scope, "endEvent", f"end.{node.id}")))


def _begin(scope: Scope) -> None:
    """Draw the start that the diagram leaves out: all that nothing leads to begins at once."""
    if any(node.kind == "startEvent" for node in scope.nodes):
        return
    begins = [
        node
        for node in scope.nodes
        if not node.incoming and node.kind != "boundaryEvent" and not _aside(node.element)
    ]
    first = _insert(scope, "startEvent", f"start.{scope.id}")
    if not begins:
        _connect(scope, _id(first), _id(_insert(scope, "endEvent", f"end.{scope.id}")))
    if len(begins) > 1:
        gateway = _insert(scope, "parallelGateway", f"begin.{scope.id}")
        _connect(scope, _id(first), _id(gateway))
        first = gateway
    for node in begins:
        _connect(scope, _id(first), node.id)


def _aside(element: Element) -> bool:
    """What stands beside the flow: event sub-processes and compensation handlers."""
    return "true" in (element.get("triggeredByEvent"), element.get("isForCompensation"))


def _id(element: Element) -> str:
    return str(element.get("id"))


def _insert(scope: Scope, kind: str, name: str) -> Element:
    return etree.SubElement(scope.element, tag(kind), id=INSERTED + name)


def _connect(scope: Scope, source: str, target: str) -> str:
    name = f"{INSERTED}flow.{source}.{target}"
    etree.SubElement(
        scope.element, tag("sequenceFlow"), id=name, sourceRef=source, targetRef=target
    )
    return name


def _set_condition(flow: Element, text: str | None) -> None:
    for found in list(flow.iterchildren(tag("conditionExpression"))):
        flow.remove(found)
    if text is not None:
        etree.SubElement(flow, tag("conditionExpression")).text = text
