"""Standard BPMN, as designers' tools save it, rewritten into what SpiffWorkflow runs right."""

from __future__ import annotations

from engine.bpmn import activities, events, routing
from engine.bpmn.correlations import tidy_correlations
from engine.bpmn.diagram import Diagram, read_diagram
from engine.bpmn.redraw import redraw
from engine.bpmn.vocabulary import RESERVED, Element, is_bpmn, local, tag

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
        "laneSet",
    }
)

#: The extension elements of SpiffWorkflow's editor that say how something runs.
EXECUTED = frozenset(
    {
        "serviceTaskOperator",
        "calledDecisionId",
        "messagePayload",
        "messageVariable",
        "payloadExpression",
        "processVariableCorrelation",
        "variableName",
    }
)


def normalise(diagram: Diagram) -> dict[str, str]:
    """Rewrite the file in place; the answer maps names that had to change to the drawn ids."""
    root = diagram.root
    copies = redraw(root)
    _drop_documentation(root)
    _make_executable(root)
    renamed = {**_step_aside(root), **copies}
    again = read_diagram(diagram.file, root)
    for scope in again.scopes:
        for node in scope.nodes:
            events.rewrite(node)
            activities.rewrite(node)
        routing.rewrite(scope)
    _drop_extensions(root)
    return renamed


def _drop_documentation(root: Element) -> None:
    for element in [e for e in root.iter() if is_bpmn(e) and local(e) in DOCUMENTATION]:
        _drop(element)
    for specification in list(root.iter(tag("ioSpecification"))):
        if local(specification.getparent()) != "process":
            _drop(specification)
    # Without the shapes the order of flows is that of the file, not that of their height.
    for element in [e for e in root if local(e) == "BPMNDiagram"]:
        _drop(element)
    tidy_correlations(root)


def _drop_extensions(root: Element) -> None:
    """Properties were read by us; of the rest SpiffWorkflow gets only what it runs."""
    for extensions in list(root.iter(tag("extensionElements"))):
        for child in list(extensions):
            if local(child) not in EXECUTED:
                extensions.remove(child)


def _make_executable(root: Element) -> None:
    for process in root.iter(tag("process")):
        process.set("isExecutable", "true")


def _drop(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


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
