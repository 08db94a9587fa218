"""The diagrams of two versions, element by element."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.activities import script_of
from engine.bpmn.diagram import Diagram, Flow, Node, documentation, properties, read_diagram
from engine.bpmn.reading import read_xml
from engine.bpmn.vocabulary import BPMNDI, children, is_bpmn, local, text_of
from engine.changes.change import Change, by_key, parts
from engine.errors import BadXml

BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"


@dataclass
class Drawn:
    """All diagrams of a version together."""

    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    lanes: dict[str, str] = field(default_factory=dict)
    places: dict[str, tuple[str, ...]] = field(default_factory=dict)


def compare_diagrams(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[Change]:
    """Steps, flows and places that differ; ids tell what is the same."""
    before, after = drawn(old), drawn(new)
    yield from by_key("step", before.nodes, after.nodes, _name)
    for id, node in after.nodes.items():
        earlier = before.nodes.get(id)
        if earlier is not None:
            yield from parts("step", id, _name(node), _parts(before, earlier, after, node))
    yield from by_key("flow", before.flows, after.flows, lambda flow: _way(flow, before, after))
    for id, flow in after.flows.items():
        was = before.flows.get(id)
        if was is not None:
            yield from parts("flow", id, _way(flow, before, after), _of_flow(was, flow))
    for id, place in after.places.items():
        if id in before.places and before.places[id] != place and id in after.nodes:
            yield Change("moved", "step", id, _name(after.nodes[id]))


def drawn(files: Mapping[str, bytes]) -> Drawn:
    """The diagrams of a package; a file that cannot be read has nothing in it."""
    found = Drawn()
    for path in sorted(path for path in files if path.endswith(".bpmn")):
        try:
            diagram = read_diagram(path, read_xml(path, files[path]))
        except BadXml:
            continue
        for scope in diagram.scopes:
            found.nodes.update((node.id, node) for node in scope.nodes)
            found.flows.update((flow.id, flow) for flow in scope.flows)
        found.lanes.update(_lanes(diagram))
        for shape in diagram.root.iter(f"{{{BPMNDI}}}BPMNShape"):
            for bounds in shape.iterchildren(BOUNDS):
                place = tuple(bounds.get(key) or "" for key in ("x", "y", "width", "height"))
                found.places[shape.get("bpmnElement") or ""] = place
    return found


def _lanes(diagram: Diagram) -> dict[str, str]:
    return {node.id: diagram.lane_of(node) or "" for node in diagram.nodes()}


def _name(node: Node) -> str:
    return node.name or node.id


def _way(flow: Flow, *versions: Drawn) -> str:
    """A flow by its ends: nobody knows its id."""
    ends = []
    for id in (flow.source, flow.target):
        node = next((v.nodes[id] for v in reversed(versions) if id in v.nodes), None)
        ends.append(_name(node) if node else id)
    return " → ".join(ends)


def _parts(before: Drawn, old: Node, after: Drawn, new: Node) -> Iterator[tuple[str, Any, Any]]:
    yield "kind", old.kind, new.kind
    yield "name", old.name, new.name
    yield "lane", before.lanes.get(old.id, ""), after.lanes.get(new.id, "")
    yield "scope", old.scope.id, new.scope.id
    yield "default", old.default or "", new.default or ""
    yield "script", script_of(old.element), script_of(new.element)
    yield "documentation", documentation(old.element), documentation(new.element)
    yield "event", _events(old), _events(new)
    yield "repeated", _loops(old), _loops(new)
    yield "host", old.host or "", new.host or ""
    yield "interrupting", _interrupts(old), _interrupts(new)
    yield "called", old.element.get("calledElement") or "", new.element.get("calledElement") or ""
    said, says = properties(old.element), properties(new.element)
    for key in sorted(said.keys() | says.keys()):
        yield key, said.get(key, ""), says.get(key, "")


def _of_flow(old: Flow, new: Flow) -> Iterator[tuple[str, Any, Any]]:
    yield "source", old.source, new.source
    yield "target", old.target, new.target
    yield "condition", old.condition or "", new.condition or ""


def _events(node: Node) -> str:
    told = []
    for child in node.element:
        if is_bpmn(child) and local(child).endswith("EventDefinition"):
            kind = local(child).removesuffix("EventDefinition")
            what = [text_of(child), *(v for k, v in child.attrib.items() if k.endswith("Ref"))]
            told.append(" ".join([kind, *(one for one in what if one)]))
    return ", ".join(told)


def _loops(node: Node) -> str:
    told = []
    for loop in children(
        node.element, "multiInstanceLoopCharacteristics", "standardLoopCharacteristics"
    ):
        given = [f"{key}={value}" for key, value in sorted(loop.attrib.items())]
        told.append(" ".join([*given, text_of(loop)]))
    return ", ".join(told)


def _interrupts(node: Node) -> bool:
    key = "cancelActivity" if node.kind == "boundaryEvent" else "isInterrupting"
    return (node.element.get(key) or "true") == "true"
