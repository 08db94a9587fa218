"""A BPMN file as it was drawn: nodes, flows, lanes and properties, read once from the XML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.bpmn.globaltasks import spell_out_global_tasks
from engine.bpmn.references import plain_references, spell_out_references
from engine.bpmn.vendors import spell_out_vendors
from engine.bpmn.vocabulary import (
    ENGINES,
    FLOW_NODES,
    SPIFF,
    SUBPROCESSES,
    ZEEBE,
    Element,
    children,
    is_bpmn,
    local,
    tag,
    text_of,
)


@dataclass(eq=False)
class Flow:
    """A sequence flow as drawn."""

    id: str
    source: str
    target: str
    condition: str | None
    element: Element


@dataclass(eq=False)
class Node:
    """A flow node as drawn, with its flows."""

    id: str
    name: str
    kind: str
    scope: Scope
    element: Element
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    boundary: list[Node] = field(default_factory=list)

    @property
    def line(self) -> int | None:
        """The line in the source file."""
        line: int | None = self.element.sourceline
        return line

    @property
    def default(self) -> str | None:
        """The id of the default flow."""
        value: str | None = self.element.get("default")
        return value

    @property
    def host(self) -> str | None:
        """The activity a boundary event sits on."""
        value: str | None = self.element.get("attachedToRef")
        return value

    def definitions(self) -> list[str]:
        """The kinds of event definition drawn in it, such as ``timer``."""
        names = [local(child) for child in self.element if is_bpmn(child)]
        return [
            name.removesuffix("EventDefinition")
            for name in names
            if name.endswith("EventDefinition")
        ]


@dataclass(eq=False)
class Scope:
    """A process or an embedded sub-process: what a token cannot leave but by its end."""

    id: str
    kind: str
    element: Element
    process: str
    parent: Scope | None
    nodes: list[Node] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)

    def by_id(self) -> dict[str, Node]:
        """The nodes by id; of two with the same id the first."""
        found: dict[str, Node] = {}
        for node in self.nodes:
            found.setdefault(node.id, node)
        return found

    def starts(self) -> list[Node]:
        """The nodes where tokens appear: start events, else whatever nothing leads to."""
        drawn = [node for node in self.nodes if node.kind == "startEvent"]
        return drawn or [n for n in self.nodes if not n.incoming and n.kind != "boundaryEvent"]


@dataclass(eq=False)
class Diagram:
    """One BPMN file."""

    file: str
    root: Element
    scopes: list[Scope]
    pools: dict[str, str]
    lanes: dict[str, str]

    def nodes(self) -> Iterator[Node]:
        """Every flow node of every process, in the file's order of scopes."""
        for scope in self.scopes:
            yield from scope.nodes

    def processes(self) -> list[Scope]:
        """The top scopes."""
        return [scope for scope in self.scopes if scope.kind == "process"]

    def lane_of(self, node: Node) -> str | None:
        """The innermost lane, also through the sub-processes around the node."""
        if node.id in self.lanes:
            return self.lanes[node.id]
        if node.kind == "boundaryEvent" and node.host in self.lanes:
            return self.lanes[node.host or ""]
        scope: Scope | None = node.scope
        while scope is not None and scope.kind != "process":
            if scope.id in self.lanes:
                return self.lanes[scope.id]
            scope = scope.parent
        return None


def read_diagram(file: str, root: Element) -> Diagram:
    """Read the nodes and flows of every scope; ids that are missing are given in document order."""
    plain_references(root)
    spell_out_global_tasks(root)
    spell_out_references(root)
    spell_out_vendors(root)
    give_ids(root)
    scopes: list[Scope] = []
    for process in root.iter(tag("process")):
        _read_scope(process, process.get("id", ""), None, scopes)
    pools = {
        participant.get("processRef", ""): participant.get("name") or participant.get("id", "")
        for participant in root.iter(tag("participant"))
    }
    return Diagram(file, root, scopes, pools, _lanes(root))


def give_ids(root: Element) -> None:
    """Give processes, nodes and flows without id one that nothing else has."""
    taken = {element.get("id") for element in root.iter() if element.get("id")}
    number = 0
    for element in root.iter():
        name = local(element)
        if not is_bpmn(element) or element.get("id"):
            continue
        if name in FLOW_NODES or name in ("sequenceFlow", "process"):
            number += 1
            while f"{name}_{number}" in taken:
                number += 1
            element.set("id", f"{name}_{number}")


def _read_scope(element: Element, process: str, parent: Scope | None, scopes: list[Scope]) -> None:
    scope = Scope(element.get("id", ""), local(element), element, process, parent)
    scopes.append(scope)
    for child in element:
        if not is_bpmn(child):
            continue
        if local(child) in FLOW_NODES:
            name = " ".join((child.get("name") or "").split())
            scope.nodes.append(Node(child.get("id", ""), name, local(child), scope, child))
        elif local(child) == "sequenceFlow":
            scope.flows.append(_read_flow(child))
    _tie(scope)
    for node in scope.nodes:
        if node.kind in SUBPROCESSES:
            _read_scope(node.element, process, scope, scopes)


def _read_flow(element: Element) -> Flow:
    return Flow(
        element.get("id", ""),
        (element.get("sourceRef") or "").strip(),
        (element.get("targetRef") or "").strip(),
        text_of(element.find(tag("conditionExpression"))) or None,
        element,
    )


def _tie(scope: Scope) -> None:
    """Let the nodes of a scope know their flows and their boundary events."""
    nodes = scope.by_id()
    for flow in scope.flows:
        if flow.source in nodes and flow.target in nodes:
            nodes[flow.source].outgoing.append(flow)
            nodes[flow.target].incoming.append(flow)
    for node in scope.nodes:
        if node.kind == "boundaryEvent" and node.host in nodes:
            nodes[node.host or ""].boundary.append(node)
    _tie_links(scope)


def _tie_links(scope: Scope) -> None:
    """A link that is caught follows the one that is thrown, as if a flow led there."""
    caught = {
        link_of(node.element): node for node in scope.nodes if node.kind == "intermediateCatchEvent"
    }
    for node in scope.nodes:
        name = link_of(node.element)
        if name is not None and node.kind == "intermediateThrowEvent" and name in caught:
            flow = Flow(f"link.{node.id}", node.id, caught[name].id, None, node.element)
            node.outgoing.append(flow)
            caught[name].incoming.append(flow)


def link_of(node: Element) -> str | None:
    """The name of the link that an intermediate event throws or catches."""
    for definition in children(node, "linkEventDefinition"):
        return " ".join((definition.get("name") or node.get("name") or "").split())
    return None


def _lanes(root: Element) -> dict[str, str]:
    """Node id → name (or id) of the innermost lane."""
    found: dict[str, str] = {}
    for lane in root.iter(tag("lane")):  # outer lanes come first, inner ones overwrite
        name = " ".join((lane.get("name") or lane.get("id") or "").split())
        for reference in children(lane, "flowNodeRef"):
            found[text_of(reference)] = name
    return found


def properties(element: Element) -> dict[str, str]:
    """The extension properties of an element, ours and the vendors', by name."""
    found: dict[str, str] = {}
    for space in ENGINES:
        for key, value in element.attrib.items():
            if key.startswith("{" + space + "}"):
                found.setdefault(key.partition("}")[2], value)
    for extensions in element.iterchildren(tag("extensionElements")):
        for child in extensions:
            if local(child) == "properties":
                found.update(_listed(child))
            elif child.tag.startswith(("{" + SPIFF + "}", "{" + ZEEBE + "}")) and not len(child):
                found.setdefault(local(child), text_of(child))
    return {key: value for key, value in found.items() if value}


def _listed(element: Element) -> Iterator[tuple[str, str]]:
    for item in element:
        key = item.get("name") or item.get("key")
        if key:
            yield key, item.get("value") or text_of(item)


def documentation(element: Element) -> str:
    """The element's own documentation, paragraphs joined."""
    return "\n\n".join(text_of(child) for child in children(element, "documentation"))
