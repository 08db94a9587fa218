"""A BPMN file as it was drawn: nodes, flows, lanes and properties, read once from the XML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.bpmn.vocabulary import (
    ENGINES,
    FLOW_NODES,
    SCOPES,
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


@dataclass(frozen=True)
class Step:
    """A drawn element a token can be at."""

    id: str
    name: str
    kind: str
    lane: str | None = None
    pool: str | None = None
    process: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    documentation: str = ""


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
        kind = local(child)
        if kind in FLOW_NODES:
            name = " ".join((child.get("name") or "").split())
            scope.nodes.append(Node(child.get("id", ""), name, kind, scope, child))
        elif kind == "sequenceFlow":
            condition = text_of(child.find(tag("conditionExpression"))) or None
            scope.flows.append(
                Flow(
                    child.get("id", ""),
                    (child.get("sourceRef") or "").strip(),
                    (child.get("targetRef") or "").strip(),
                    condition,
                    child,
                )
            )
    nodes = scope.by_id()
    for flow in scope.flows:
        if flow.source in nodes and flow.target in nodes:
            nodes[flow.source].outgoing.append(flow)
            nodes[flow.target].incoming.append(flow)
    for node in scope.nodes:
        if node.kind == "boundaryEvent" and node.host in nodes:
            nodes[node.host or ""].boundary.append(node)
    for node in scope.nodes:
        if node.kind in SUBPROCESSES:
            _read_scope(node.element, process, scope, scopes)


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
            name = local(child)
            if name == "properties":
                for item in child:
                    key = item.get("name") or item.get("key")
                    if key:
                        found[key] = item.get("value") or text_of(item)
            elif (
                name
                and child.tag.startswith(("{" + SPIFF + "}", "{" + ZEEBE + "}"))
                and not len(child)
            ):
                text = text_of(child)
                if text:
                    found.setdefault(name, text)
    return found


def documentation(element: Element) -> str:
    """The element's own documentation, paragraphs joined."""
    return "\n\n".join(text_of(child) for child in children(element, "documentation"))


def steps_of(diagram: Diagram) -> dict[str, Step]:
    """Every flow node as a step, by id."""
    found: dict[str, Step] = {}
    for node in diagram.nodes():
        if node.id in found:
            continue
        found[node.id] = Step(
            node.id,
            node.name,
            node.kind,
            diagram.lane_of(node),
            diagram.pools.get(node.scope.process),
            node.scope.process,
            properties(node.element),
            documentation(node.element),
        )
    return found


def in_drawn_order(scope: Scope, scopes: Mapping[str, Scope]) -> list[Node]:
    """The nodes as the flow meets them: before whatever follows, loops apart; sub-processes inline."""
    nodes = scope.by_id()
    after: list[Node] = []
    seen: set[str] = set()
    for start in reversed(scope.starts()):
        stack: list[tuple[Node, Iterator[str]]] = []
        if start.id in seen:
            continue
        seen.add(start.id)
        stack.append((start, iter(_followers(start))))
        while stack:
            node, rest = stack[-1]
            step = next((target for target in rest if target in nodes and target not in seen), None)
            if step is None:
                after.append(node)
                stack.pop()
            else:
                seen.add(step)
                stack.append((nodes[step], iter(_followers(nodes[step]))))
    ordered: list[Node] = []
    for node in reversed(after):
        ordered.append(node)
        inner = scopes.get(node.id)
        if inner is not None:
            ordered.extend(in_drawn_order(inner, scopes))
    return ordered


def _followers(node: Node) -> list[str]:
    """What comes after a node, last drawn first, so that the first drawn ends up in front."""
    targets = [flow.target for flow in node.outgoing]
    targets = [event.id for event in node.boundary] + targets[::-1]
    return targets
