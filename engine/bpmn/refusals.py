"""What cannot be run right and is therefore refused by name; one rule, one function.

Each of these is drawn legitimately somewhere; SpiffWorkflow would silently do something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.bpmn.activities import decision_of, operator_of, script_of
from engine.bpmn.diagram import Diagram, Node, properties
from engine.bpmn.eventrules import EVENT_RULES
from engine.bpmn.finding import Finding, found
from engine.bpmn.redraw.behaviours import unclear
from engine.bpmn.redraw.quantities import quantity
from engine.bpmn.vocabulary import (
    ACTIVITIES,
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
#: What may stand in a scope beside flow nodes.
BESIDE = {
    "documentation", "extensionElements", "incoming", "outgoing", "sequenceFlow", "laneSet",
    "dataObject", "dataObjectReference", "dataStoreReference", "textAnnotation", "association",
    "group", "ioSpecification", "property", "dataInputAssociation", "dataOutputAssociation",
    "auditing", "monitoring", "artifact", "multiInstanceLoopCharacteristics",
    "standardLoopCharacteristics", "resourceRole", "performer", "humanPerformer",
    "potentialOwner", "completionCondition", "activationCondition", "supports",
    "correlationSubscription", "ioBinding",
}  # fmt: skip
#: What no office could live with but a diagram that is played alone can show: nobody is asked
#: there anyway, and a token that waits for ever is seen to wait.
PLAYABLE = frozenset(
    {
        "bpmn.service-without-operator",
        "bpmn.rule-without-decision",
        "bpmn.message-without-name",
        "bpmn.join-never-completes",
        "bpmn.event-gateway-choice",
    }
)
PYTHON = {"", "python", "text/python", "application/python", "application/x-python", "motcua"}


def complex_gateway(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A complex gateway that joins flows and does not say when."""
    said = [text_of(one) for one in children(node.element, "activationCondition")]
    if node.kind == "complexGateway" and len(node.incoming) > 1 and not any(said):
        yield found("complex-gateway", "error", diagram, node)


def ad_hoc(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """An ad-hoc sub-process that begins or ends by events, or has nothing to do inside."""
    if node.kind != "adHocSubProcess":
        return
    inside = [child for child in node.element if is_bpmn(child)]
    if any(local(child) in ("startEvent", "endEvent") for child in inside):
        yield found("ad-hoc", "error", diagram, node)
    if not any(local(child) in ACTIVITIES for child in inside):
        yield found("ad-hoc", "error", diagram, node)


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
    if node.kind == "scriptTask" and foreign_script(node):
        given = node.element.get("scriptFormat")
        yield found("script-language", "error", diagram, node, language=given)


def foreign_script(node: Node) -> bool:
    """Whether a script task says that its script is in another language."""
    return (node.element.get("scriptFormat") or "").strip().lower() not in PYTHON


def script_empty(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A script task without script does nothing."""
    if node.kind == "scriptTask" and not script_of(node.element):
        yield found("script-empty", "warning", diagram, node)


def many_of_what(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """A multi-instance activity that says neither how many nor of what."""
    for loop in children(node.element, "multiInstanceLoopCharacteristics"):
        counted = children(loop, "loopCardinality")
        listed = children(loop, "loopDataInputRef") or any(
            key.endswith("}collection") for key in loop.attrib
        )
        if bool(counted) == bool(listed):
            yield found("many-of-what", "error", diagram, node)
        if unclear(diagram.root, loop):
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
    """Token quantities that are not numbers from one on."""
    for key in ("startQuantity", "completionQuantity"):
        if quantity(node.element, key) == 0:
            yield found("quantities", "error", diagram, node, key=key)


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
    *EVENT_RULES,
    complex_gateway,
    ad_hoc,
    service_without_operator,
    rule_without_decision,
    call_without_process,
    script_language,
    script_empty,
    many_of_what,
    loop_without_end,
    quantities,
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
