"""Every drawn way from one step that waits to the next is a move the national statuses know.

Followed where one token goes through the main process. What is drawn inside a sub-process or a
called process, and what several tokens do, only walks can tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.bpmn.diagram import Node, Scope, properties
from engine.bpmn.finding import Finding
from engine.bpmn.vocabulary import HUMAN, SUBPROCESSES
from engine.check.rules import found
from engine.check.subject import Subject
from engine.codes.statuses import (
    ENDED,
    IN_PROGRESS,
    MOVES,
    PRECEDENCE,
    RECEIVED,
    SETTLED,
    lawful,
)

_FORKS = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})
_WAITS = HUMAN | {"receiveTask", "intermediateCatchEvent"}
_OPAQUE = SUBPROCESSES | {"callActivity"}


@dataclass(frozen=True)
class Waited:
    """Where a token waited last, and the dossier's status meanwhile."""

    name: str
    status: int


def statuses(subject: Subject) -> Iterator[Finding]:
    """The moves that would be incidents."""
    main = subject.main()
    if main is None or any(node.kind in _FORKS for node in main[1].nodes):
        return
    diagram, scope = main
    for before, node, after in _moves(scope):
        if not lawful(before.status, after):
            allowed = ", ".join(map(str, sorted(MOVES.get(before.status, ())))) or "–"
            yield found(
                "status.unlawful", diagram.file, node,
                value=after, before=before.status, detail=before.name, allowed=allowed,
            )  # fmt: skip


def _moves(scope: Scope) -> list[tuple[Waited, Node, int]]:
    """From where each step that says a status is reached: (before, step, status), once each."""
    nodes, seen = scope.by_id(), set[tuple[str, Waited]]()
    moves: list[tuple[Waited, Node, int]] = []
    ahead = [(node, Waited(node.name or node.id, RECEIVED)) for node in reversed(scope.starts())]
    while ahead:
        node, before = ahead.pop()
        if (node.id, before) in seen:
            continue
        seen.add((node.id, before))
        status = _status(node, nodes, before.status)
        if status is not None:
            moves.append((before, node, status))
            before = Waited(node.name or node.id, status)
        if node.kind in _OPAQUE:
            continue  # a token comes out of it with whatever was said inside
        leaves = [
            event for event in node.boundary if event.element.get("cancelActivity") != "false"
        ]
        after = [nodes[flow.target] for flow in node.outgoing if flow.target in nodes]
        ahead += [(one, before) for one in reversed([*after, *leaves])]
    return moves


def _status(node: Node, nodes: dict[str, Node], before: int) -> int | None:
    """What a dossier's status is while a token waits there; None where none waits or it stays."""
    silent = None if before in (*SETTLED, *ENDED) else IN_PROGRESS
    if node.kind == "endEvent":
        return _drawn(node) or (9 if silent else None)
    if node.kind not in _WAITS or "link" in node.definitions():
        return None
    said = [one for other in _beside(node, nodes) if (one := _drawn(other)) is not None]
    return min(said, key=PRECEDENCE.index) if said else silent


def _beside(node: Node, nodes: dict[str, Node]) -> list[Node]:
    """The events of an event gateway wait together."""
    gates = [nodes[flow.source] for flow in node.incoming if flow.source in nodes]
    waiting = [flow.target for g in gates if g.kind == "eventBasedGateway" for flow in g.outgoing]
    return [node, *(nodes[id] for id in waiting if id in nodes)]


def _drawn(node: Node) -> int | None:
    text = properties(node.element).get("status", "").strip()
    return int(text) if text.isdecimal() and int(text) in PRECEDENCE else None
