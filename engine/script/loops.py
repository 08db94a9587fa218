"""Comprehensions: loops over what is there, each round paid for."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from engine.script.bounds import Frame, Stopped
from engine.script.building import Builder, Run, Unknown, permitted, texts


def list_comprehension(builder: Builder, node: ast.ListComp | ast.GeneratorExp) -> Run:
    loop, (element,) = _loops(builder, node, (node.elt,))

    def run(frame: Frame) -> Any:
        result: list[Any] = []
        loop(frame, lambda: result.append(element(frame)))
        return frame.made(result)

    return run


def dictionary_comprehension(builder: Builder, node: ast.DictComp) -> Run:
    loop, (key, value) = _loops(builder, node, (node.key, node.value))

    def run(frame: Frame) -> Any:
        result: dict[str, Any] = {}

        def put() -> None:
            result[texts(key(frame))] = value(frame)

        loop(frame, put)
        return frame.made(result)

    return run


def _loops(
    builder: Builder,
    node: ast.ListComp | ast.GeneratorExp | ast.DictComp,
    elements: tuple[ast.expr, ...],
) -> tuple[Callable[[Frame, Callable[[], None]], None], list[Run]]:
    """The loops, and what each round makes; a round costs as much as its source has nodes."""
    cost = sum(1 for _ in ast.walk(node))
    before = len(builder.bound)
    stages = []
    for generator in node.generators:
        if generator.is_async:
            raise Unknown("syntax:async", node.lineno)
        source = builder.build(generator.iter)
        words = target_names(generator.target)
        builder.bound.extend(words)
        stages.append((source, words, builder.every(generator.ifs)))
    runs = builder.every(elements)
    del builder.bound[before:]

    def stage(frame: Frame, number: int, make: Callable[[], None]) -> None:
        if number == len(stages):
            make()
            return
        source, words, tests = stages[number]
        for item in rounds(frame, source(frame)):
            frame.spend(cost)
            frame.bound.update(unpacked(words, item))
            if all(test(frame) for test in tests):
                stage(frame, number + 1, make)

    def loop(frame: Frame, make: Callable[[], None]) -> None:
        outer = frame.bound
        frame.bound = dict(outer)
        stage(frame, 0, make)
        frame.bound = outer

    return loop, runs


def target_names(target: ast.expr) -> list[str]:
    """``x`` or ``x, y``: what a loop binds."""
    parts = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
    words = []
    for part in parts:
        if not isinstance(part, ast.Name):
            raise Unknown(f"syntax:{type(part).__name__}", target.lineno)
        words.append(permitted(part.id, part.lineno))
    return words


def unpacked(words: list[str], item: Any) -> dict[str, Any]:
    """The values of the names a loop binds."""
    if len(words) == 1:
        return {words[0]: item}
    if not isinstance(item, (list, tuple)) or len(item) != len(words):
        raise Stopped("value")
    return dict(zip(words, item, strict=True))


def rounds(frame: Frame, source: Any) -> list[Any]:
    """What a loop goes over: a copy, so that changing the source cannot make it endless."""
    if not isinstance(source, (list, tuple, dict, str)):
        raise Stopped("type")
    frame.spend(len(source) // 8)
    return list(source)
