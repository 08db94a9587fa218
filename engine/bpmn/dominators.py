"""Which element every way to an element must pass, found once for a whole scope."""

from __future__ import annotations

from collections.abc import Mapping

from engine.bpmn.diagram import Node, Scope

ROOT = ""


def nearest_before(scope: Scope) -> dict[str, str]:
    """For each node that can be reached, the nearest other node on all ways to it.

    The algorithm of Cooper, Harvey and Kennedy: climb from both ends until they meet.
    """
    nodes = scope.by_id()
    order = _last_first(scope, nodes)
    place = {name: number for number, name in enumerate(order)}
    before: dict[str, list[str]] = {name: [] for name in order}
    for name in order:
        for target in _ways(scope, nodes, name):
            if target in before:
                before[target].append(name)
    nearest = {ROOT: ROOT}
    changed = True
    while changed:
        changed = False
        for name in order[1:]:
            known = [other for other in before[name] if other in nearest]
            found = known[0]
            for other in known[1:]:
                found = _meet(found, other, nearest, place)
            if nearest.get(name) != found:
                nearest[name] = found
                changed = True
    return nearest


def _meet(one: str, other: str, nearest: Mapping[str, str], place: Mapping[str, int]) -> str:
    while one != other:
        while place[one] > place[other]:
            one = nearest[one]
        while place[other] > place[one]:
            other = nearest[other]
    return one


def _ways(scope: Scope, nodes: Mapping[str, Node], name: str) -> list[str]:
    if name == ROOT:
        return [start.id for start in scope.starts()]
    node = nodes[name]
    return [flow.target for flow in node.outgoing] + [event.id for event in node.boundary]


def _last_first(scope: Scope, nodes: Mapping[str, Node]) -> list[str]:
    """The nodes reached, each before what follows it except in loops."""
    after: list[str] = []
    seen = {ROOT}
    stack = [(ROOT, iter(_ways(scope, nodes, ROOT)))]
    while stack:
        name, rest = stack[-1]
        step = next((target for target in rest if target in nodes and target not in seen), None)
        if step is None:
            after.append(name)
            stack.pop()
        else:
            seen.add(step)
            stack.append((step, iter(_ways(scope, nodes, step))))
    return after[::-1]
