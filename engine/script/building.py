"""How a syntax tree becomes functions: the builder, and what it refuses."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.script.bounds import MAX_DEPTH, Frame, Stopped

Run = Callable[[Frame], Any]


class Unknown(Exception):
    """The language has no such thing: the word and the line."""

    def __init__(self, cause: str, line: int | None = None) -> None:
        super().__init__(cause)
        self.cause = cause
        self.line = line


Makers = Mapping[type[ast.AST], Callable[["Builder", Any], Run]]


@dataclass
class Builder:
    """Builds functions from nodes and notes what they read and call on the way."""

    makers: Makers
    script: bool = False  # a script may change the lists and dictionaries it works on
    reads: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    bound: list[str] = field(default_factory=list)  # names of the comprehensions around
    depth: int = 0

    def reading(self, word: str) -> None:
        """Note a name that comes from outside."""
        self.reads.add(word)

    def changing(self, node: ast.expr, method: str) -> None:
        """Note a method asked of something; expressions have no changing ones."""

    def build(self, node: ast.AST) -> Run:
        """The function of a node."""
        make = self.makers.get(type(node))
        if make is None:
            raise Unknown(f"syntax:{type(node).__name__}", getattr(node, "lineno", None))
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unknown("depth", getattr(node, "lineno", None))
        run = make(self, node)
        self.depth -= 1
        return run

    def every(self, nodes: Iterable[ast.AST]) -> list[Run]:
        """The functions of several nodes."""
        return [self.build(node) for node in nodes]


def permitted(name: str, line: int | None) -> str:
    """A name or attribute that does not begin with the sign of Python's insides."""
    if name.startswith("_"):
        raise Unknown(f"name:{name}", line)
    return name


def texts(key: Any) -> str:
    """A dictionary's key: JSON knows texts only."""
    if not isinstance(key, str):
        raise Stopped("type")
    return key
