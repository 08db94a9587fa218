"""How something is drawn into a scope."""

from __future__ import annotations

from lxml import etree

from engine.bpmn.vocabulary import FLOW_NODES, INSERTED, SCOPES, Element, is_bpmn, local, tag


def scopes(root: Element) -> list[Element]:
    """Processes and sub-processes, outer ones first."""
    return [e for e in root.iter() if is_bpmn(e) and local(e) in SCOPES]


def nodes(scope: Element) -> list[Element]:
    """The flow nodes directly inside."""
    return [child for child in scope if is_bpmn(child) and local(child) in FLOW_NODES]


def flows(scope: Element) -> list[Element]:
    """The sequence flows directly inside."""
    return list(scope.iterchildren(tag("sequenceFlow")))


def definitions(node: Element) -> list[Element]:
    """The event definitions drawn in an event."""
    return [c for c in node if is_bpmn(c) and local(c).endswith("EventDefinition")]


def insert(scope: Element, kind: str, name: str, **attributes: str) -> Element:
    """A new element whose id says that nobody drew it."""
    drawn: Element = etree.SubElement(scope, tag(kind), {"id": INSERTED + name, **attributes})
    return drawn


def connect(scope: Element, source: str, target: str) -> Element:
    """A new flow."""
    name = f"{INSERTED}flow.{source}.{target}"
    return etree.SubElement(scope, tag("sequenceFlow"), id=name, sourceRef=source, targetRef=target)


def lead(scope: Element, key: str, old: str, new: str) -> None:
    """Move the begin (``sourceRef``) or end (``targetRef``) of a node's flows to another."""
    for flow in flows(scope):
        if flow.get(key) == old:
            flow.set(key, new)


def condition(flow: Element, text: str) -> None:
    """Give a flow a condition."""
    for found in list(flow.iterchildren(tag("conditionExpression"))):
        flow.remove(found)
    etree.SubElement(flow, tag("conditionExpression")).text = text


def become(node: Element, kind: str) -> None:
    """Let a node be of another kind."""
    node.tag = tag(kind)


def strip(node: Element) -> None:
    """Take the event definitions away."""
    for definition in definitions(node):
        node.remove(definition)


def is_event_sub_process(node: Element) -> bool:
    """Whether the node is a sub-process that an event begins."""
    return local(node) == "subProcess" and node.get("triggeredByEvent") == "true"


def starts(scope: Element) -> list[Element]:
    """The start events directly inside."""
    return list(scope.iterchildren(tag("startEvent")))
