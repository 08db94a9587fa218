"""What a condition says about values, as far as it is simple: which way shows which fields."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

from engine.bpmn.diagram import Flow, Node
from engine.bpmn.wording import expression

#: Per name the values it can have where the condition holds.
Choices: TypeAlias = Mapping[str, frozenset[object]]


@lru_cache(maxsize=2048)
def choices(text: str) -> tuple[Choices, bool]:
    """The choices of a conjunction, and whether it says nothing else."""
    try:
        tree = ast.parse(expression(text), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}, False
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    found: dict[str, frozenset[object]] = {}
    whole = True
    for part in parts:
        choice = _choice(part)
        if choice is None:
            whole = False
            continue
        name, values = choice
        found[name] = found.get(name, values) & values
    return found, whole


def _choice(part: ast.expr) -> tuple[str, frozenset[object]] | None:
    if isinstance(part, ast.Name):
        return part.id, frozenset({True})
    if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.Not):
        inner = part.operand
        return (inner.id, frozenset({False})) if isinstance(inner, ast.Name) else None
    if not isinstance(part, ast.Compare) or len(part.ops) != 1:
        return None
    left, right = part.left, part.comparators[0]
    if not isinstance(left, ast.Name):
        return None
    if isinstance(part.ops[0], ast.Eq) and isinstance(right, ast.Constant):
        return left.id, frozenset({right.value})
    if isinstance(part.ops[0], ast.In) and isinstance(right, (ast.Tuple, ast.List, ast.Set)):
        values = [item.value for item in right.elts if isinstance(item, ast.Constant)]
        return (left.id, frozenset(values)) if len(values) == len(right.elts) else None
    return None


def along(node: Node, flow: Flow, enums: Choices) -> Choices:
    """What is known on a flow out of a node; on the default that none of the others held."""
    if flow.condition is not None and flow.id != node.default:
        return choices(flow.condition)[0]
    left: dict[str, frozenset[object]] = {}
    for other in node.outgoing:
        if other is flow or other.condition is None:
            continue
        said, whole = choices(other.condition)
        if whole and len(said) == 1:
            ((name, values),) = said.items()
            left[name] = left.get(name, enums.get(name, frozenset())) - values
    return {name: values for name, values in left.items() if name in enums}


def implies(known: Choices, text: str) -> bool:
    """Whether what is known makes a condition hold."""
    wanted, whole = choices(text)
    return whole and all(name in known and known[name] <= values for name, values in wanted.items())
