"""What a drawn element says of itself: lane, properties and documentation, in drawn order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.bpmn.diagram import Diagram, Node, Scope, documentation, properties


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
    """The nodes as the flow meets them, each before what follows it; sub-processes inline."""
    nodes = scope.by_id()
    after: list[Node] = []
    seen: set[str] = set()
    for start in reversed(scope.starts()):
        _finish(start, nodes, seen, after)
    ordered: list[Node] = []
    for node in reversed(after):
        ordered.append(node)
        inner = scopes.get(node.id)
        if inner is not None:
            ordered.extend(in_drawn_order(inner, scopes))
    return ordered


def _finish(start: Node, nodes: Mapping[str, Node], seen: set[str], after: list[Node]) -> None:
    """Append every node reached from the start after all that follow it (depth first)."""
    if start.id in seen:
        return
    seen.add(start.id)
    stack = [(start, iter(_followers(start)))]
    while stack:
        node, rest = stack[-1]
        step = next((target for target in rest if target in nodes and target not in seen), None)
        if step is None:
            after.append(node)
            stack.pop()
        else:
            seen.add(step)
            stack.append((nodes[step], iter(_followers(nodes[step]))))


def _followers(node: Node) -> list[str]:
    """What comes after a node, last drawn first, so that the first drawn ends up in front."""
    targets = [flow.target for flow in reversed(node.outgoing)]
    return [event.id for event in node.boundary] + targets
