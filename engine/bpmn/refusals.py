"""What cannot be run right and is therefore refused by name; one rule, one function.

Each of these is drawn legitimately somewhere; SpiffWorkflow would silently do something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.bpmn.activities import decision_of, operator_of, script_of
from engine.bpmn.diagram import Diagram, Node, properties
from engine.bpmn.finding import Finding, Severity
from engine.bpmn.vocabulary import (
    FLOW_NODES,
    INSERTED,
    SUBPROCESSES,
    Element,
    children,
    is_bpmn,
    local,
    text_of,
)

MAX_NODES = 1_000
#: What each kind of event may wait for or throw.
EVENT_KINDS = {
    "startEvent": {"message", "timer", "signal", "conditional", "error", "escalation"},
    "endEvent": {"message", "signal", "error", "escalation", "terminate"},
    "intermediateCatchEvent": {"message", "timer", "signal"},
    "intermediateThrowEvent": {"message", "signal", "escalation"},
    "boundaryEvent": {"message", "timer", "signal", "error", "escalation"},
}
#: What may stand in a scope beside flow nodes.
BESIDE = {
    "documentation", "extensionElements", "incoming", "outgoing", "sequenceFlow", "laneSet",
    "dataObject", "dataObjectReference", "dataStoreReference", "textAnnotation", "association",
    "group", "ioSpecification", "property", "dataInputAssociation", "dataOutputAssociation",
    "auditing", "monitoring", "artifact", "multiInstanceLoopCharacteristics",
    "standardLoopCharacteristics", "resourceRole", "performer", "humanPerformer",
    "potentialOwner", "supports", "correlationSubscription", "ioBinding",
}  # fmt: skip
PYTHON = {"", "python", "text/python", "application/python", "application/x-python", "motcua"}


def found(
    rule: str, severity: Severity, diagram: Diagram, node: Node, **particulars: object
) -> Finding:
    """A finding about a flow node."""
    return Finding(
        f"bpmn.{rule}",
        severity,
        diagram.file,
        node.id,
        node.name,
        node.kind,
        node.line,
        particulars,
    )


def complex_gateway(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A complex gateway: its activation condition is not run."""
    if node.kind == "complexGateway":
        yield found("complex-gateway", "error", diagram, node)


def ad_hoc(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """An ad-hoc sub-process: nobody would know what is open."""
    if node.kind == "adHocSubProcess":
        yield found("ad-hoc", "error", diagram, node)


def transaction(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A transaction: cancelling it would compensate nothing."""
    if node.kind == "transaction":
        yield found("transaction", "error", diagram, node)


def event_sub_process(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """An event sub-process: it would run at once."""
    if node.element.get("triggeredByEvent") == "true":
        yield found("event-sub-process", "error", diagram, node)


def compensation(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A compensation handler or event: nothing is undone."""
    if node.element.get("isForCompensation") == "true" or "compensate" in node.definitions():
        yield found("compensation", "error", diagram, node)


def event_kind(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """An event that waits for, or throws, what is not run there (link, condition, cancel)."""
    allowed = EVENT_KINDS.get(node.kind)
    if allowed is None:
        return
    for kind in node.definitions():
        if kind not in allowed and kind != "compensate":
            yield found("event-kind", "error", diagram, node, event=kind)
    for reference in children(node.element, "eventDefinitionRef"):
        yield found("event-kind", "error", diagram, node, event=text_of(reference))


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


def service_without_operator(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A service task that does not say which service it asks."""
    if node.kind == "serviceTask" and operator_of(node.element) is None:
        yield found("service-without-operator", "error", diagram, node)


def rule_without_decision(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A business rule task that does not say which table it asks."""
    if node.kind == "businessRuleTask" and decision_of(node.element) is None:
        yield found("rule-without-decision", "error", diagram, node)


def call_without_process(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A call activity that does not say what it calls."""
    if node.kind == "callActivity" and not node.element.get("calledElement"):
        yield found("call-without-process", "error", diagram, node)


def script_language(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A script in another language than the safe one."""
    if node.kind == "scriptTask":
        given = (node.element.get("scriptFormat") or "").strip().lower()
        if given not in PYTHON:
            yield found("script-language", "error", diagram, node, language=given)


def script_empty(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A script task without script does nothing."""
    if node.kind == "scriptTask" and not script_of(node.element):
        yield found("script-empty", "warning", diagram, node)


def message_without_name(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A message nobody could tell from another."""
    element = node.element
    definitions = children(element, "messageEventDefinition")
    if node.kind in ("sendTask", "receiveTask"):
        referred = element.get("messageRef") or any(d.get("messageRef") for d in definitions)
        if not referred:
            yield found("message-without-name", "error", diagram, node)
    for definition in definitions:
        if node.kind in EVENT_KINDS and not definition.get("messageRef"):
            severity: Severity = "warning" if node.name else "error"
            yield found("message-without-name", severity, diagram, node)


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
    if node.element.get("instantiate") == "true" or not node.incoming:
        yield found("event-gateway-start", "error", diagram, node)


def many_of_what(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A multi-instance activity that says neither how many nor of what."""
    for loop in children(node.element, "multiInstanceLoopCharacteristics"):
        counted = children(loop, "loopCardinality")
        listed = children(loop, "loopDataInputRef") or any(
            key.endswith("}collection") for key in loop.attrib
        )
        if bool(counted) == bool(listed):
            yield found("many-of-what", "error", diagram, node)
        if (loop.get("behavior") or "All") != "All" or children(loop, "complexBehaviorDefinition"):
            yield found("many-behaviour", "error", diagram, node, behavior=loop.get("behavior"))


def loop_without_end(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A loop with neither condition nor maximum."""
    for loop in children(node.element, "standardLoopCharacteristics"):
        maximum = loop.get("loopMaximum")
        if maximum is None and not children(loop, "loopCondition"):
            yield found("loop-without-end", "error", diagram, node)
        if maximum is not None and not maximum.isdecimal():
            yield found("loop-without-end", "error", diagram, node, maximum=maximum)


def quantities(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """Token quantities other than one."""
    for key in ("startQuantity", "completionQuantity"):
        if (node.element.get(key) or "1") != "1":
            yield found("quantities", "error", diagram, node, key=key)


def several_starts(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """Only one start is run; which one could not be told."""
    if node.kind != "startEvent" or node.element.get("triggeredByEvent") == "true":
        return
    starts = [other for other in node.scope.nodes if other.kind == "startEvent"]
    if starts[0] is not node:
        yield found("several-starts", "error", diagram, node, first=starts[0].id)


def reserved_id(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """Ids that the platform gives to what it inserts."""
    if node.id.startswith(INSERTED):
        yield found("reserved-id", "error", diagram, node)


def unknown_element(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A BPMN element inside a sub-process that the platform does not know."""
    if node.kind in SUBPROCESSES:
        yield from strangers(diagram, node.element)


def strangers(diagram: Diagram, scope: Element) -> Iterator[Finding]:
    """BPMN elements of a scope that are neither run nor documentation."""
    for child in scope:
        kind = local(child)
        if is_bpmn(child) and kind not in FLOW_NODES and kind not in BESIDE:
            name = " ".join((child.get("name") or "").split())
            line = child.sourceline
            identity = child.get("id")
            yield Finding("bpmn.unknown-element", "error", diagram.file, identity, name, kind, line)


def properties_twice(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """Pre- and post-scripts of SpiffWorkflow's editor run unseen on the diagram: refused."""
    named = properties(node.element)
    for key in ("preScript", "postScript"):
        if key in named:
            yield found("hidden-script", "error", diagram, node, key=key)


Rule = Callable[[Diagram, Node], Iterator[Finding]]
REFUSALS: tuple[Rule, ...] = (
    complex_gateway,
    ad_hoc,
    transaction,
    event_sub_process,
    compensation,
    event_kind,
    catch_without_event,
    boundary_without_host,
    service_without_operator,
    rule_without_decision,
    call_without_process,
    script_language,
    script_empty,
    message_without_name,
    event_gateway_target,
    many_of_what,
    loop_without_end,
    quantities,
    several_starts,
    reserved_id,
    unknown_element,
    properties_twice,
)


def too_large(diagram: Diagram) -> Iterator[Finding]:
    """More elements than anybody could follow, or check in time."""
    count = sum(len(scope.nodes) for scope in diagram.scopes)
    if count > MAX_NODES:
        particulars = {"count": count, "most": MAX_NODES}
        yield Finding("bpmn.too-large", "error", diagram.file, particulars=particulars)


def refusals(diagram: Diagram) -> Iterator[Finding]:
    """All refusals of a file; of one that is too large only that."""
    large = list(too_large(diagram))
    if large:
        yield from large
        return
    for scope in diagram.processes():
        yield from strangers(diagram, scope.element)
    for node in diagram.nodes():
        for rule in REFUSALS:
            yield from rule(diagram, node)
