"""Statements of a script: assignment, if, for over data, and bare expressions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from engine.script.bounds import Frame, Stopped
from engine.script.building import Builder, Run, Unknown, permitted
from engine.script.loops import rounds, target_names, unpacked
from engine.script.methods import CHANGING
from engine.script.operators import ARITHMETIC

Do = Callable[[Frame], None]
Put = Callable[[Frame, Any], None]


class Left(Exception):
    """A loop is left (break) or its next round begins (continue)."""


class Broken(Left): ...


class Continued(Left): ...


@dataclass
class ScriptBuilder(Builder):
    """Builds statements, and notes what they write."""

    script: bool = True
    writes: set[str] = field(default_factory=set)
    loops: set[str] = field(default_factory=set)  # names that only count rounds
    needs: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)  # names whose inside is changed
    inside: int = 0

    def reading(self, word: str) -> None:
        """Note a name; what the script wrote above does not come from outside."""
        self.needs.add(word)
        if word not in self.writes and word not in self.loops:
            self.reads.add(word)

    def changing(self, node: ast.expr, method: str) -> None:
        """Note the name whose list or dictionary a method changes."""
        if any(method in names for names in CHANGING.values()):
            self.changes.add(root(node))

    def block(self, nodes: list[ast.stmt]) -> Do:
        """Several statements, one after the other."""
        steps = [(node.lineno, self.statement(node)) for node in nodes]

        def do(frame: Frame) -> None:
            for line, step in steps:
                frame.line = line
                frame.spend(1)
                step(frame)

        return do

    def statement(self, node: ast.stmt) -> Do:
        """The function of one statement."""
        make = STATEMENTS.get(type(node))
        if make is None:
            raise Unknown(f"syntax:{type(node).__name__}", node.lineno)
        self.depth += 1
        do = make(self, node)
        self.depth -= 1
        return do


def assign(builder: ScriptBuilder, node: ast.Assign) -> Do:
    value = builder.build(node.value)
    puts = [target(builder, each) for each in node.targets]

    def do(frame: Frame) -> None:
        result = value(frame)
        for put in puts:
            put(frame, result)

    return do


def annotated(builder: ScriptBuilder, node: ast.AnnAssign) -> Do:
    raise Unknown("syntax:annotation", node.lineno)


def augmented(builder: ScriptBuilder, node: ast.AugAssign) -> Do:
    operate = ARITHMETIC.get(type(node.op))
    if operate is None:
        raise Unknown(f"syntax:{type(node.op).__name__}", node.lineno)
    before = builder.build(node.target)
    value = builder.build(node.value)
    put = target(builder, node.target)
    return lambda frame: put(frame, frame.made(operate(frame, before(frame), value(frame))))


def target(builder: ScriptBuilder, node: ast.expr) -> Put:
    """Where a value goes: a name, several names, an entry of a dictionary or of a list."""
    if isinstance(node, ast.Name):
        word = permitted(node.id, node.lineno)
        builder.writes.add(word)
        return lambda frame, value: _bind(frame, {word: value})
    if isinstance(node, (ast.Tuple, ast.List)):
        words = target_names(node)
        builder.writes.update(words)
        return lambda frame, value: _bind(frame, unpacked(words, value))
    if isinstance(node, ast.Attribute):
        key = permitted(node.attr, node.lineno)
        return _entry(builder, node.value, lambda frame: key)
    if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
        return _entry(builder, node.value, builder.build(node.slice))
    raise Unknown(f"syntax:{type(node).__name__}", node.lineno)


def _bind(frame: Frame, values: Mapping[str, Any]) -> None:
    assert isinstance(frame.names, dict)  # noqa: S101  a script works on its own copy
    frame.names.update(values)


def _entry(builder: ScriptBuilder, node: ast.expr, index: Run) -> Put:
    subject = builder.build(node)
    builder.changes.add(root(node))

    def put(frame: Frame, value: Any) -> None:
        holder, key = subject(frame), index(frame)
        fits = (isinstance(holder, dict) and isinstance(key, str)) or (
            isinstance(holder, list) and isinstance(key, int)
        )
        if not fits:
            raise Stopped("type")
        holder[key] = value
        frame.room(len(holder))

    return put


def root(node: ast.expr) -> str:
    """The name that ``a.b["c"]`` begins with."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def branch(builder: ScriptBuilder, node: ast.If) -> Do:
    test = builder.build(node.test)
    body, otherwise = builder.block(node.body), builder.block(node.orelse)
    return lambda frame: body(frame) if test(frame) else otherwise(frame)


def loop(builder: ScriptBuilder, node: ast.For) -> Do:
    if node.orelse:
        raise Unknown("syntax:else", node.lineno)
    source = builder.build(node.iter)
    words = target_names(node.target)
    builder.loops.update(words)
    builder.inside += 1
    body = builder.block(node.body)
    builder.inside -= 1
    cost = sum(1 for _ in ast.walk(node))

    def do(frame: Frame) -> None:
        for item in rounds(frame, source(frame)):
            frame.spend(cost)
            _bind(frame, unpacked(words, item))
            try:
                body(frame)
            except Continued:
                continue
            except Broken:
                break

    return do


def leave(builder: ScriptBuilder, node: ast.Break | ast.Continue) -> Do:
    if not builder.inside:
        raise Unknown("syntax", node.lineno)
    way = Broken if isinstance(node, ast.Break) else Continued

    def do(frame: Frame) -> None:
        raise way

    return do


def expression(builder: ScriptBuilder, node: ast.Expr) -> Do:
    run = builder.build(node.value)

    def do(frame: Frame) -> None:
        run(frame)

    return do


def nothing(builder: ScriptBuilder, node: ast.Pass) -> Do:
    return lambda frame: None


STATEMENTS: Final[Mapping[type[ast.stmt], Callable[[ScriptBuilder, Any], Do]]] = {
    ast.AnnAssign: annotated,
    ast.Assign: assign,
    ast.AugAssign: augmented,
    ast.Break: leave,
    ast.Continue: leave,
    ast.Expr: expression,
    ast.For: loop,
    ast.If: branch,
    ast.Pass: nothing,
}
