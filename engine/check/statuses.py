"""Every drawn way from one step that waits to the next is a move the national statuses know.

Followed where one token goes through the main process. What is drawn inside a sub-process or a
called process, and what several tokens do, only walks can tell. A way that the conditions along it
never let anybody go is followed, too: what is found is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from engine.bpmn.diagram import Node, Scope, properties
from engine.bpmn.finding import Finding
from engine.bpmn.vocabulary import GATEWAYS, HUMAN, SUBPROCESSES, local
from engine.check.rules import found
from engine.check.subject import Subject
from engine.codes.statuses import (
    FINISHED,
    IN_PROGRESS,
    MOVES,
    PRECEDENCE,
    RECEIVED,
    lawful,
)

_FORKS = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})
_WAITS = HUMAN | {"receiveTask", "intermediateCatchEvent"}
_OPAQUE = SUBPROCESSES | {"callActivity"}
_LOOPS = ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")
_SETTLED = 9  # what an end that says nothing means
_SAID: Final = {str(status): status for status in PRECEDENCE}


@dataclass(frozen=True)
class Waited:
    """Where a token waited last, and the dossier's status meanwhile."""

    name: str
    status: int


def statuses(subject: Subject) -> Iterator[Finding]:
    """The moves that would be incidents."""
    main = subject.main()
    if main is None or _several_tokens(main[1]):
        return
    diagram, scope = main
    for before, node, after in _moves(scope):
        if not lawful(before.status, after):
            allowed = ", ".join(map(str, sorted(MOVES.get(before.status, ())))) or "–"
            yield found(
                "status.unlawful", diagram.file, node,
                value=after, before=before.status, detail=before.name, allowed=allowed,
            )  # fmt: skip


def _several_tokens(scope: Scope) -> bool:
    """Whether more than one token may be under way, but for those of side ways."""
    begins = [node for node in scope.starts() if node.kind != "startEvent"]
    return len(begins) > 1 or any(map(_forks, scope.nodes))


def _forks(node: Node) -> bool:
    if node.kind == "eventBasedGateway":
        return bool(node.element.get("eventGatewayType") == "Parallel")
    if node.kind in _FORKS or node.element.get("completionQuantity", "1") != "1":
        return True
    return len(node.outgoing) > 1 and node.kind not in GATEWAYS


def _moves(scope: Scope) -> Iterator[tuple[Waited, Node, int]]:
    """From where each step that says a status is reached: (before, step, status).

    Once for each step and status before; of several steps with that status one is named.
    """
    nodes, seen = scope.by_id(), set[tuple[str, int]]()
    drawn = _drawn(scope, nodes)
    ahead = [(node, Waited(node.name or node.id, RECEIVED)) for node in reversed(scope.starts())]
    while ahead:
        node, before = ahead.pop()
        if (node.id, before.status) in seen:
            continue
        seen.add((node.id, before.status))
        after = [nodes[flow.target] for flow in node.outgoing if flow.target in nodes]
        states = [before]
        status = _status(node, drawn[node.id], before.status)
        if status is not None:
            yield before, node, status
            states = [Waited(node.name or node.id, status)]
            states += [before] if any(local(part) in _LOOPS for part in node.element) else []
        if node.kind in _OPAQUE:
            continue  # a token comes out of it with whatever was said inside
        for state in states:
            if _may_end(node, after) and state.status not in FINISHED:
                yield state, node, _SETTLED
        leaves = [one for one in node.boundary if one.element.get("cancelActivity") != "false"]
        ahead += [(one, state) for one in reversed([*after, *leaves]) for state in states]


def _may_end(node: Node, after: list[Node]) -> bool:
    """Whether a token may vanish there: nothing leads on, or only where a condition holds."""
    if node.kind == "endEvent" or "link" in node.definitions():
        return False
    return not after or (node.kind not in GATEWAYS and node.outgoing[0].condition is not None)


def _status(node: Node, drawn: int | None, before: int) -> int | None:
    """What a dossier's status is while a token waits there; None where none waits or it stays."""
    silent = None if before in FINISHED else IN_PROGRESS
    if node.kind == "endEvent":
        return drawn or (_SETTLED if silent else None)
    if node.kind not in _WAITS or "link" in node.definitions():
        return None
    return drawn or silent


def _drawn(scope: Scope, nodes: dict[str, Node]) -> dict[str, int | None]:
    """What each node says by its id; events behind an event gateway wait together."""
    said = {id: _SAID.get(_text(node)) for id, node in nodes.items()}
    for gate in scope.nodes:
        if gate.kind == "eventBasedGateway":
            events = [flow.target for flow in gate.outgoing if flow.target in nodes]
            told = [status for id in events if (status := said[id]) is not None]
            said |= dict.fromkeys(events, min(told, key=PRECEDENCE.index, default=None))
    return said


def _text(node: Node) -> str:
    return properties(node.element).get("status", "").strip()
