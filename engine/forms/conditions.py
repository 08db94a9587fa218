"""A visibleWhen simple enough to be said in words: one field, some values."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.errors import BadExpression
from engine.script import compile_expression


@dataclass(frozen=True)
class Condition:
    """Shown while the named field has (or, if ``other``, has not) one of the values."""

    name: str
    values: tuple[Any, ...]
    other: bool = False


def names_in(text: str) -> frozenset[str]:
    """The names an expression reads; none where it cannot be read."""
    try:
        return compile_expression(text).names
    except BadExpression:
        return frozenset()


@lru_cache(maxsize=1024)
def plain_condition(text: str) -> Condition | None:
    """The condition as one field and its values; None where it says more than that."""
    if len(names_in(text)) != 1:
        return None
    tree = ast.parse(text.strip(), mode="eval").body if "\n" not in text else None
    if isinstance(tree, ast.Name):
        return Condition(tree.id, (True,))
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not):
        inner = tree.operand
        return Condition(inner.id, (True,), other=True) if isinstance(inner, ast.Name) else None
    if isinstance(tree, ast.Compare) and len(tree.ops) == 1 and isinstance(tree.left, ast.Name):
        values = _values(tree.comparators[0], listed=isinstance(tree.ops[0], (ast.In, ast.NotIn)))
        if values and isinstance(tree.ops[0], (ast.Eq, ast.In, ast.NotEq, ast.NotIn)):
            other = isinstance(tree.ops[0], (ast.NotEq, ast.NotIn))
            return Condition(tree.left.id, values, other)
    return None


def _values(node: ast.expr, *, listed: bool) -> tuple[Any, ...]:
    if not listed:
        return (node.value,) if isinstance(node, ast.Constant) else ()
    if not isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return ()
    constants = [item.value for item in node.elts if isinstance(item, ast.Constant)]
    return tuple(constants) if len(constants) == len(node.elts) else ()
