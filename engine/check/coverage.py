"""Which drawn flows the walks of a package have taken."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, Protocol

from engine.bpmn.diagram import Diagram, Flow, Node, Scope
from engine.bpmn.finding import Finding
from engine.check.rules import found
from engine.check.subject import read_subject
from engine.package import Package

#: What one walk touched, in order: an element, and whether it was passed or only waited at.
Way = Sequence[tuple[str, bool]]
#: Of its flows exactly one is taken each time; of others as many as come next.
ONE_OF: Final = frozenset({"exclusiveGateway", "eventBasedGateway"})


class Walked(Protocol):
    """How one walk went, and which way."""

    @property
    def ok(self) -> bool: ...
    @property
    def way(self) -> Way: ...


def uncovered(package: Package, walks: Sequence[Walked]) -> tuple[Finding, ...]:
    """The drawn flows no walk took, once all walks that were played are right."""
    if not walks or not all(walk.ok for walk in walks):
        return ()
    return coverage(package, taken(package, [walk.way for walk in walks]))


def taken(package: Package, ways: Iterable[Way]) -> frozenset[str]:
    """The ids of the flows that walks went along."""
    seen = [tuple(way) for way in ways]
    return frozenset(
        flow.id
        for _, scope in _own_scopes(package)
        for node in scope.nodes
        for way in seen
        for flow in _left_by(node, way)
    )


def _left_by(node: Node, way: Way) -> Iterator[Flow]:
    """The flows out of a node that were taken on one way."""
    times = [place for place, touched in enumerate(way) if touched == (node.id, True)]
    if len(node.outgoing) < 2:
        yield from node.outgoing if times else ()
        return
    for place, after in pairwise([*times, len(way)]):
        reached = [element for element, _ in way[place + 1 : after + 1]]
        flows = [flow for flow in node.outgoing if flow.target in reached]
        if node.kind in ONE_OF:
            flows = sorted(flows, key=lambda flow: reached.index(flow.target))[:1]
        yield from flows


def coverage(package: Package, passed: Collection[str]) -> tuple[Finding, ...]:
    """One finding for each sequence flow of the procedure's own diagrams that no walk took.

    ``passed`` holds the ids of the flows all walks together went along (``taken``).
    """
    findings = []
    for diagram, scope in _own_scopes(package):
        nodes = scope.by_id()
        for flow in scope.flows:
            if flow.id in passed or flow.source not in nodes:
                continue
            target = nodes.get(flow.target)
            findings.append(
                found(
                    "walk.uncovered",
                    diagram.file,
                    nodes[flow.source],
                    line=flow.element.sourceline,
                    flow=flow.id,
                    label=flow.element.get("name") or "",
                    target=(target.name or target.id) if target else flow.target,
                )
            )
    return tuple(findings)


def _own_scopes(package: Package) -> Iterator[tuple[Diagram, Scope]]:
    """What the package draws itself; what is shared has walks of its own."""
    for diagram in read_subject(package).diagrams:
        if not diagram.file.startswith("shared/"):
            for scope in diagram.scopes:
                yield diagram, scope
