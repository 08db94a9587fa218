"""Whether a diagram hangs together: references, ways, joins; one rule, one function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator

from engine.bpmn.diagram import Diagram, Node, Scope
from engine.bpmn.dominators import nearest_before
from engine.bpmn.finding import Finding, about, found
from engine.bpmn.vocabulary import (
    ACTIVITIES,
    EVENTS,
    FLOW_NODES,
    SCOPES,
    children,
    is_bpmn,
    local,
    text_of,
)

REFERENCES = {
    "messageRef": "message",
    "signalRef": "signal",
    "errorRef": "error",
    "escalationRef": "escalation",
}
LOOPS = ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")
CHOOSING = ("exclusiveGateway", "eventBasedGateway")


def duplicate_ids(diagram: Diagram) -> Iterator[Finding]:
    """Two elements with one id."""
    elements = [e for e in diagram.root.iter() if is_bpmn(e) and e.get("id")]
    twice = {name for name, count in Counter(e.get("id") for e in elements).items() if count > 1}
    seen: set[str] = set()
    for element in elements:
        name = element.get("id")
        if name in twice and name in seen:
            yield about(diagram, element, "bpmn.duplicate-id")
        seen.add(name)


def misplaced(diagram: Diagram) -> Iterator[Finding]:
    """A process, node, flow, loop or event definition inside something it cannot belong to."""
    for element in diagram.root.iter():
        if not is_bpmn(element) or element.getparent() is None:
            continue
        around = local(element.getparent())
        if around not in _homes(local(element), around):
            yield about(diagram, element, "bpmn.misplaced", around=around)


def _homes(kind: str, otherwise: str) -> Collection[str]:
    """What may hold an element of this kind; whatever holds it now if that does not matter."""
    if kind in FLOW_NODES or kind == "sequenceFlow":
        return SCOPES
    if kind in LOOPS:
        return ACTIVITIES
    if kind == "process":
        return ("definitions",)
    if kind.endswith("EventDefinition"):
        return EVENTS | {"definitions", "event"}
    return (otherwise,)


def dangling_flows(diagram: Diagram) -> Iterator[Finding]:
    """A sequence flow that begins or ends nowhere, or crosses the border of a sub-process."""
    for scope in diagram.scopes:
        nodes = scope.by_id()
        for flow in scope.flows:
            for end in (flow.source, flow.target):
                if end not in nodes:
                    yield about(diagram, flow.element, "bpmn.dangling-flow", end=end)


def dangling_references(diagram: Diagram) -> Iterator[Finding]:
    """A reference to a message, signal, error or escalation that the file does not define."""
    defined = {(local(e), e.get("id")) for e in diagram.root if is_bpmn(e)}
    for element in diagram.root.iter():
        if not is_bpmn(element):
            continue
        for key, kind in REFERENCES.items():
            value = element.get(key)
            plain = (value or "").rpartition(":")[2]
            if value and (kind, value) not in defined and (kind, plain) not in defined:
                yield about(diagram, element, "bpmn.dangling-reference", key=key, value=value)


def dangling_defaults(diagram: Diagram) -> Iterator[Finding]:
    """A default flow that does not leave the element."""
    for node in diagram.nodes():
        if node.default is not None and all(f.id != node.default for f in node.outgoing):
            yield found(
                "dangling-reference", "error", diagram, node, key="default", value=node.default
            )


def dangling_lane_members(diagram: Diagram) -> Iterator[Finding]:
    """A lane that names an element which is not there."""
    known = {element.get("id") for element in diagram.root.iter() if element.get("id")}
    for lane in diagram.root.iter():
        if is_bpmn(lane) and local(lane) == "lane":
            for member in children(lane, "flowNodeRef"):
                if text_of(member) not in known:
                    name = text_of(member)
                    yield about(
                        diagram, lane, "bpmn.dangling-member", severity="warning", value=name
                    )


def unreachable(diagram: Diagram) -> Iterator[Finding]:
    """An element that no token can come to."""
    for scope in diagram.scopes:
        if scope.kind == "adHocSubProcess":
            continue
        reached = _reached(scope)
        for node in scope.nodes:
            aside = node.element.get("triggeredByEvent") or node.element.get("isForCompensation")
            if node.id not in reached and aside != "true" and not _hostless(node):
                yield found("unreachable", "error", diagram, node)


def empty_scope(diagram: Diagram) -> Iterator[Finding]:
    """A sub-process or executable process with nothing in it."""
    for scope in diagram.scopes:
        if not scope.nodes and (scope.kind != "process" or len(diagram.processes()) == 1):
            yield about(diagram, scope.element, "bpmn.empty-process")


def implicit_ends(diagram: Diagram) -> Iterator[Finding]:
    """An element without a way on: the platform ends there."""
    for node in diagram.nodes():
        if node.kind != "endEvent" and not node.outgoing and not _ends_by_nature(node):
            yield found("implicit-end", "info", diagram, node)
        if node.kind == "endEvent" and node.outgoing:
            yield found("flow-out-of-end", "error", diagram, node)
        if node.kind == "startEvent" and node.incoming:
            yield found("flow-into-event", "error", diagram, node)


def _ends_by_nature(node: Node) -> bool:
    """What stands beside the flow, or in a sub-process where nothing has to follow."""
    if "true" in (node.element.get("triggeredByEvent"), node.element.get("isForCompensation")):
        return True
    return node.scope.kind == "adHocSubProcess" or "compensate" in node.definitions()


def gateway_ways(diagram: Diagram) -> Iterator[Finding]:
    """Which ways out of a gateway are open, and whether one always is."""
    for node in diagram.nodes():
        if node.kind in ("exclusiveGateway", "inclusiveGateway") and len(node.outgoing) > 1:
            yield from _choice(diagram, node)
        elif node.kind in ("parallelGateway", "eventBasedGateway"):
            for flow in node.outgoing:
                if flow.condition is not None:
                    yield found("condition-ignored", "warning", diagram, node, flow=flow.id)


def _choice(diagram: Diagram, node: Node) -> Iterator[Finding]:
    opened = [f for f in node.outgoing if f.condition is None and f.id != node.default]
    if node.default is not None:
        if node.kind == "exclusiveGateway":
            for flow in opened:
                yield found("flow-without-condition", "error", diagram, node, flow=flow.id)
    elif not opened:
        yield found("gateway-without-default", "warning", diagram, node)
    elif node.kind == "exclusiveGateway" and len(opened) > 1:
        for flow in opened:
            yield found("flow-without-condition", "error", diagram, node, flow=flow.id)
    elif node.kind == "exclusiveGateway":
        yield found("default-assumed", "info", diagram, node, flow=opened[0].id)


def joins_that_never_complete(diagram: Diagram) -> Iterator[Finding]:
    """A parallel join whose flows cannot all bring a token."""
    for scope in diagram.scopes:
        joins = [n for n in scope.nodes if n.kind == "parallelGateway" and len(n.incoming) > 1]
        nearest = nearest_before(scope) if joins else {}
        for node in joins:
            cause = _through_itself(scope, node) or _one_of(scope, node, nearest.get(node.id))
            if cause is not None and node.id in nearest:
                yield found("join-never-completes", "error", diagram, node, because=cause)


def _through_itself(scope: Scope, join: Node) -> str | None:
    """A flow into the join that only its own token could bring."""
    without = _reached(scope, without=join.id)
    behind = _from(scope, join.id, set())
    for flow in join.incoming:
        if flow.source not in without and flow.source in behind:
            return flow.source
    return None


def _one_of(scope: Scope, join: Node, before: str | None) -> str | None:
    """The gateway before the join that lets a token take only one of the ways to it.

    Only the nearest one that all ways pass can: through those before it everything comes by it.
    """
    gateway = scope.by_id().get(before or "")
    if gateway is None or gateway.kind not in CHOOSING or len(gateway.outgoing) < 2:
        return None
    for way in gateway.outgoing:
        behind = _from(scope, way.target, {gateway.id, join.id})
        here = way.target == join.id
        if all(f.source in behind or (here and f.source == gateway.id) for f in join.incoming):
            return None
    return gateway.id


def _reached(scope: Scope, without: str | None = None) -> set[str]:
    """The nodes tokens can come to from the starts, also by boundary events."""
    reached: set[str] = set()
    for start in scope.starts():
        if start.id != without:
            reached |= _from(scope, start.id, {without} if without else set())
    return reached


def _from(scope: Scope, start: str, stop: set[str]) -> set[str]:
    nodes = scope.by_id()
    found_: set[str] = set()
    rest = [start]
    while rest:
        name = rest.pop()
        if name in found_ or name in stop or name not in nodes:
            continue
        found_.add(name)
        rest.extend(flow.target for flow in nodes[name].outgoing)
        rest.extend(event.id for event in nodes[name].boundary)
    return found_


def _hostless(node: Node) -> bool:
    return node.kind == "boundaryEvent" and node.host not in node.scope.by_id()


Rule = Callable[[Diagram], Iterator[Finding]]
SOUNDNESS: tuple[Rule, ...] = (
    duplicate_ids,
    misplaced,
    dangling_flows,
    dangling_references,
    dangling_defaults,
    dangling_lane_members,
    unreachable,
    empty_scope,
    implicit_ends,
    gateway_ways,
    joins_that_never_complete,
)
