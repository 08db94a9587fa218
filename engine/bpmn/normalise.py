"""Standard BPMN, as designers' tools save it, rewritten into what SpiffWorkflow runs right."""

from __future__ import annotations

from lxml import etree

from engine.bpmn import activities, events
from engine.bpmn.diagram import Diagram, Node, Scope, read_diagram
from engine.bpmn.vocabulary import (
    BPMN,
    GATEWAYS,
    INSERTED,
    RESERVED,
    Element,
    is_bpmn,
    local,
    tag,
    text_of,
)
from engine.bpmn.wording import expression

#: Drawn to explain, never executed: shown by the viewer from the source file.
DOCUMENTATION = frozenset(
    {
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "dataStore",
        "dataInputAssociation",
        "dataOutputAssociation",
        "association",
        "textAnnotation",
        "group",
        "category",
        "property",
        "auditing",
        "monitoring",
        "humanPerformer",
        "potentialOwner",
        "performer",
        "resourceRole",
        "messageFlow",
        "artifact",
    }
)


def normalise(diagram: Diagram) -> dict[str, str]:
    """Rewrite the file in place; the answer maps names that had to change to the drawn ids."""
    root = diagram.root
    _drop_documentation(root)
    renamed = _step_aside(root)
    again = read_diagram(diagram.file, root)
    for scope in again.scopes:
        for node in scope.nodes:
            events.rewrite(node)
            activities.rewrite(node)
        _conditions(scope)
        _split_flows(scope)
        _begin_and_end(scope)
    return renamed


def _drop_documentation(root: Element) -> None:
    for element in [e for e in root.iter() if is_bpmn(e) and local(e) in DOCUMENTATION]:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    for diagram in [e for e in root if local(e) == "BPMNDiagram"]:
        root.remove(diagram)  # the order of flows is the file's, not that of the drawn shapes
    for lanes in list(root.iter(tag("laneSet"))):
        lanes.getparent().remove(lanes)
    for process in root.iter(tag("process")):
        process.set("isExecutable", "true")
    for specification in list(root.iter(tag("ioSpecification"))):
        if local(specification.getparent()) != "process":
            specification.getparent().remove(specification)
    for choreography in [e for e in root if local(e) == "collaboration"]:
        root.remove(choreography)


def _step_aside(root: Element) -> dict[str, str]:
    """Rename ids that SpiffWorkflow keeps for itself, and all references to them."""
    taken = {element.get("id") for element in root.iter() if element.get("id")}
    renamed: dict[str, str] = {}
    for old in sorted(taken & RESERVED):
        new = f"{old}_"
        while new in taken:
            new += "_"
        renamed[new] = old
    if renamed:
        back = {old: new for new, old in renamed.items()}
        keys = ("id", "sourceRef", "targetRef", "attachedToRef", "default")
        for element in root.iter():
            for key in keys:
                if element.get(key) in back:
                    element.set(key, back[element.get(key)])
    return renamed


def _conditions(scope: Scope) -> None:
    """Conditions in the safe language; empty ones are none; a lone open flow is the default."""
    for flow in scope.flows:
        found = flow.element.find(tag("conditionExpression"))
        if found is None:
            continue
        if not text_of(found):
            flow.element.remove(found)
            flow.condition = None
        else:
            flow.condition = expression(text_of(found))
            _set_condition(flow.element, flow.condition)
    for node in scope.nodes:
        if node.kind not in ("exclusiveGateway", "inclusiveGateway") or len(node.outgoing) < 2:
            continue
        default = next((flow for flow in node.outgoing if flow.id == node.default), None)
        if default is not None:
            for found in list(default.element.iterchildren(tag("conditionExpression"))):
                default.element.remove(found)  # by the standard a default flow has no condition
        elif node.kind == "exclusiveGateway":
            opened = [flow for flow in node.outgoing if flow.condition is None]
            if len(opened) == 1:
                node.element.set("default", opened[0].id)
        else:
            for flow in node.outgoing:
                if flow.condition is None:
                    _set_condition(flow.element, "True")


def _split_flows(scope: Scope) -> None:
    """Several flows, or a conditional one, out of a task or event become a gateway behind it."""
    for node in list(scope.nodes):
        conditional = [flow for flow in node.outgoing if flow.condition is not None]
        if node.kind in GATEWAYS:
            if node.kind in ("exclusiveGateway", "inclusiveGateway") and len(node.outgoing) == 1:
                node.element.attrib.pop("default", None)
                only = node.outgoing[0]
                if conditional:
                    _otherwise_end(scope, node.element, only.element)
            continue
        if len(node.outgoing) < 2 and not conditional:
            continue
        kind = "inclusiveGateway" if conditional else "parallelGateway"
        gateway = etree.SubElement(scope.element, tag(kind), id=f"{INSERTED}split.{node.id}")
        for flow in node.outgoing:
            flow.element.set("sourceRef", gateway.get("id"))
        if conditional:
            default = node.element.attrib.pop("default", None)
            for flow in node.outgoing:
                if flow.id == default:
                    for found in list(flow.element.iterchildren(tag("conditionExpression"))):
                        flow.element.remove(found)
                    gateway.set("default", default)
                elif flow.condition is None:
                    _set_condition(flow.element, "True")
            if default is None and len(conditional) == len(node.outgoing):
                _otherwise_end(scope, gateway)
        _connect(scope, node.id, gateway.get("id"))


def _otherwise_end(scope: Scope, gateway: Element, only: Element | None = None) -> None:
    """A token that no condition lets through ends behind the gateway."""
    end = etree.SubElement(
        scope.element, tag("endEvent"), id=f"{INSERTED}otherwise.{gateway.get('id')}"
    )
    flow = _connect(scope, gateway.get("id"), end.get("id"))
    gateway.set("default", flow)


def _begin_and_end(scope: Scope) -> None:
    """Draw the start and the ends that the diagram leaves out."""
    if scope.element.get("triggeredByEvent") == "true" or scope.kind == "adHocSubProcess":
        return
    sources = {flow.element.get("sourceRef") for flow in scope.flows}
    sources |= {f.get("sourceRef") for f in scope.element.iterchildren(tag("sequenceFlow"))}
    for node in scope.nodes:
        if _may_end(node) and node.id not in sources:
            end = etree.SubElement(scope.element, tag("endEvent"), id=f"{INSERTED}end.{node.id}")
            _connect(scope, node.id, end.get("id"))
    if any(node.kind == "startEvent" for node in scope.nodes):
        return
    begins = [n for n in scope.nodes if not n.incoming and _may_begin(n)]
    start = etree.SubElement(scope.element, tag("startEvent"), id=f"{INSERTED}start.{scope.id}")
    if not scope.nodes:
        end = etree.SubElement(scope.element, tag("endEvent"), id=f"{INSERTED}end.{scope.id}")
        _connect(scope, start.get("id"), end.get("id"))
    first = start.get("id")
    if len(begins) > 1:
        gateway = etree.SubElement(
            scope.element, tag("parallelGateway"), id=f"{INSERTED}begin.{scope.id}"
        )
        _connect(scope, first, gateway.get("id"))
        first = gateway.get("id")
    for node in begins:
        _connect(scope, first, node.id)


def _may_end(node: Node) -> bool:
    return node.kind != "endEvent" and not _aside(node)


def _may_begin(node: Node) -> bool:
    return node.kind not in ("boundaryEvent", "endEvent") and not _aside(node)


def _aside(node: Node) -> bool:
    """What stands beside the flow: event sub-processes and compensation handlers."""
    aside = node.element.get("triggeredByEvent") or node.element.get("isForCompensation")
    return aside == "true"


def _connect(scope: Scope, source: str, target: str) -> str:
    name = f"{INSERTED}flow.{source}.{target}"
    etree.SubElement(
        scope.element, tag("sequenceFlow"), id=name, sourceRef=source, targetRef=target
    )
    return name


def _set_condition(flow: Element, text: str) -> None:
    for found in list(flow.iterchildren(f"{{{BPMN}}}conditionExpression")):
        flow.remove(found)
    etree.SubElement(flow, tag("conditionExpression")).text = text
