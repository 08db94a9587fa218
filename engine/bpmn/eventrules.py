"""Events that cannot be run as they are drawn; one rule, one function."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.diagram import Diagram, Node, link_of
from engine.bpmn.finding import Finding, found
from engine.bpmn.redraw.messages import nameless, on_a_flow
from engine.bpmn.redraw.undoing import handlers_of
from engine.bpmn.vocabulary import children, text_of

#: What each kind of event may wait for or throw.
EVENT_KINDS = {
    "startEvent": {
        "message", "timer", "signal", "conditional", "error", "escalation", "compensate",
    },
    "endEvent": {
        "message", "signal", "error", "escalation", "terminate", "compensate", "cancel",
    },
    "intermediateCatchEvent": {"message", "timer", "signal", "conditional", "link"},
    "intermediateThrowEvent": {"message", "signal", "escalation", "link", "compensate"},
    "boundaryEvent": {
        "message", "timer", "signal", "conditional", "error", "escalation", "compensate", "cancel",
    },
}  # fmt: skip
#: What happens outside a run, and may therefore begin one.
OUTSIDE = frozenset({"message", "timer", "signal", "conditional"})
DEFINITIONS = tuple(f"{kind}EventDefinition" for kind in sorted(EVENT_KINDS["startEvent"]))


def event_sub_process(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """An event sub-process that no event, or more than one, could begin."""
    if node.element.get("triggeredByEvent") != "true":
        return
    starts = children(node.element, "startEvent")
    events = list(children(starts[0], *DEFINITIONS)) if len(starts) == 1 else []
    if not events or node.kind != "subProcess":
        yield found("event-sub-process", "error", diagram, node)
    if node.incoming or node.outgoing:
        yield found("event-sub-process-flow", "error", diagram, node)


def compensation(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A compensation event without the activity that undoes, or such an activity in the flow."""
    undoes = node.element.get("isForCompensation") == "true"
    asks = node.kind == "boundaryEvent" and "compensate" in node.definitions()
    if not undoes and not asks:
        return
    handlers = handlers_of(diagram.root)
    known = node.host in handlers if asks else node.element in handlers.values()
    if not known or node.outgoing or node.incoming:
        yield found("compensation", "error", diagram, node)


def cancel(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A cancel event that has nothing to do with a transaction."""
    if "cancel" not in node.definitions():
        return
    inside = node.kind == "endEvent" and node.scope.kind == "transaction"
    host = node.scope.by_id().get(node.host or "")
    beside = node.kind == "boundaryEvent" and host is not None and host.kind == "transaction"
    if not inside and not beside:
        yield found("cancel-outside", "error", diagram, node)


def event_kind(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """An event that waits for, or throws, what is not run there (link, condition, cancel)."""
    allowed = EVENT_KINDS.get(node.kind)
    if allowed is None:
        return
    for kind in node.definitions():
        if kind not in allowed:
            yield found("event-kind", "error", diagram, node, event=kind)
    for reference in children(node.element, "eventDefinitionRef"):
        yield found("event-kind", "error", diagram, node, event=text_of(reference))


def start_kind(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A start event that waits for what can only happen inside: it never begins anything."""
    if node.kind != "startEvent" or node.scope.element.get("triggeredByEvent") == "true":
        return
    allowed = OUTSIDE if node.scope.kind == "process" else frozenset()
    for kind in node.definitions():
        if kind not in allowed:
            yield found("start-kind", "error", diagram, node, event=kind)
    if node.element.get("parallelMultiple") == "true" and len(node.definitions()) > 1:
        yield found("start-kind", "error", diagram, node, event="parallelMultiple")


def condition_missing(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A conditional event without a condition."""
    for definition in children(node.element, "conditionalEventDefinition"):
        if not any(text_of(one) for one in children(definition, "condition")):
            yield found("condition-missing", "error", diagram, node)


def catch_without_event(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A boundary or intermediate catch event that waits for nothing."""
    if node.kind in ("boundaryEvent", "intermediateCatchEvent") and not node.definitions():
        yield found("catch-without-event", "error", diagram, node)


def boundary_without_host(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A boundary event that sits on nothing, or has a flow into it."""
    if node.kind != "boundaryEvent":
        return
    if node.host not in node.scope.by_id():
        yield found("boundary-without-host", "error", diagram, node, host=node.host)
    if node.incoming:
        yield found("flow-into-event", "error", diagram, node)


def message_without_name(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A message nobody could tell from another, called after the element that sends it."""
    if not nameless(node.element):
        return
    sends = node.kind in ("sendTask", "intermediateThrowEvent", "endEvent")
    if sends or node.name or node.id in on_a_flow(diagram.root):
        yield found("message-without-name", "warning", diagram, node)
    else:
        yield found("message-without-name", "error", diagram, node)


def event_gateway_target(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """Behind an event gateway stand events and receive tasks, nothing else."""
    if node.kind != "eventBasedGateway":
        return
    nodes = node.scope.by_id()
    for flow in node.outgoing:
        target = nodes[flow.target]
        if target.kind not in ("intermediateCatchEvent", "receiveTask"):
            yield found("event-gateway-target", "error", diagram, node, target=target.id)
        elif len(target.incoming) > 1:
            yield found("event-gateway-shared", "error", diagram, node, target=target.id)
    if len(node.outgoing) < 2:
        yield found("event-gateway-choice", "error", diagram, node)
    if not node.incoming and any(other.kind == "startEvent" for other in node.scope.nodes):
        yield found("event-gateway-start", "error", diagram, node)


def several_starts(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """Several starts in a sub-process, or several plain ones: which begins could not be told."""
    if node.kind != "startEvent":
        return
    starts = [other for other in node.scope.nodes if other.kind == "startEvent"]
    if node.scope.kind == "process":
        starts = [start for start in starts if not start.definitions()]
    if node in starts[1:]:
        yield found("several-starts", "error", diagram, node, first=starts[0].id)


def links(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A link that leads nowhere, comes from nowhere, or could lead to two places."""
    name = link_of(node.element)
    if name is None:
        return
    others = [o for o in node.scope.nodes if o is not node and link_of(o.element) == name]
    caught = [o for o in others if o.kind == "intermediateCatchEvent"]
    thrown = [o for o in others if o.kind == "intermediateThrowEvent"]
    if node.kind == "intermediateThrowEvent" and not caught:
        yield found("link-to-nowhere", "error", diagram, node, link=name)
    if node.kind == "intermediateCatchEvent" and not thrown:
        yield found("link-from-nowhere", "error", diagram, node, link=name)
    if node.kind == "intermediateCatchEvent" and caught:
        yield found("link-twice", "error", diagram, node, link=name)


EVENT_RULES = (
    event_sub_process,
    compensation,
    cancel,
    event_kind,
    start_kind,
    condition_missing,
    catch_without_event,
    boundary_without_host,
    message_without_name,
    event_gateway_target,
    several_starts,
    links,
)
