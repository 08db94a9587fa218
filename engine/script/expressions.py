"""Expressions: each kind of node has a maker of functions; what has none is refused."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, Final

from engine.script import methods
from engine.script.bounds import SCALARS, Frame, Stopped
from engine.script.building import Builder, Makers, Run, Unknown, permitted, texts
from engine.script.loops import dictionary_comprehension, list_comprehension
from engine.script.offered import OFFERED
from engine.script.operators import ARITHMETIC, COMPARISONS, UNARY

CONSTANTS = (bool, int, float, str, type(None))


def constant(builder: Builder, node: ast.Constant) -> Run:
    if not isinstance(node.value, CONSTANTS):
        raise Unknown(f"syntax:{type(node.value).__name__}", node.lineno)
    value = node.value
    try:
        Frame({}, {}).made(value)
    except Stopped as stopped:
        raise Unknown(stopped.cause, node.lineno) from stopped
    return lambda frame: value


def name(builder: Builder, node: ast.Name) -> Run:
    word = permitted(node.id, node.lineno)
    if word in builder.bound:
        return lambda frame: frame.bound[word]
    builder.reading(word)

    def run(frame: Frame) -> Any:
        try:
            return frame.names[word]
        except KeyError:
            raise Stopped(f"name:{word}") from None

    return run


def arithmetic(builder: Builder, node: ast.BinOp) -> Run:
    operate = ARITHMETIC.get(type(node.op))
    if operate is None:
        raise Unknown(f"syntax:{type(node.op).__name__}", node.lineno)
    left, right = builder.every((node.left, node.right))
    return lambda frame: frame.made(operate(frame, left(frame), right(frame)))


def unary(builder: Builder, node: ast.UnaryOp) -> Run:
    operate = UNARY.get(type(node.op))
    if operate is None:
        raise Unknown(f"syntax:{type(node.op).__name__}", node.lineno)
    operand = builder.build(node.operand)
    return lambda frame: operate(operand(frame))


def both_or_either(builder: Builder, node: ast.BoolOp) -> Run:
    parts = builder.every(node.values)
    decided_by = isinstance(node.op, ast.Or)

    def run(frame: Frame) -> Any:
        value = None
        for part in parts:
            value = part(frame)
            if bool(value) is decided_by:
                return value
        return value

    return run


def comparison(builder: Builder, node: ast.Compare) -> Run:
    first = builder.build(node.left)
    rest = []
    for sign, operand in zip(node.ops, node.comparators, strict=True):
        if isinstance(operand, ast.Set) and isinstance(sign, (ast.In, ast.NotIn)):
            operand = ast.copy_location(ast.List(elts=operand.elts, ctx=ast.Load()), operand)
        rest.append((COMPARISONS[type(sign)], builder.build(operand)))

    def run(frame: Frame) -> Any:
        left = first(frame)
        for compare, operand in rest:
            right = operand(frame)
            if not compare(frame, left, right):
                return False
            left = right
        return True

    return run


def choice(builder: Builder, node: ast.IfExp) -> Run:
    test, body, otherwise = builder.every((node.test, node.body, node.orelse))
    return lambda frame: body(frame) if test(frame) else otherwise(frame)


def listing(builder: Builder, node: ast.List | ast.Tuple) -> Run:
    parts = builder.every(node.elts)
    return lambda frame: [part(frame) for part in parts]


def dictionary(builder: Builder, node: ast.Dict) -> Run:
    if any(key is None for key in node.keys):
        raise Unknown("syntax:Starred", node.lineno)
    keys = builder.every(key for key in node.keys if key is not None)
    values = builder.every(node.values)

    def run(frame: Frame) -> Any:
        return {texts(key(frame)): value(frame) for key, value in zip(keys, values, strict=True)}

    return run


def attribute(builder: Builder, node: ast.Attribute) -> Run:
    word = permitted(node.attr, node.lineno)
    subject = builder.build(node.value)
    return lambda frame: methods.attribute(subject(frame), word)


def entry(builder: Builder, node: ast.Subscript) -> Run:
    subject = builder.build(node.value)
    if isinstance(node.slice, ast.Slice):
        start, stop, step = (
            builder.build(part) if part is not None else (lambda frame: None)
            for part in (node.slice.lower, node.slice.upper, node.slice.step)
        )
        return lambda frame: frame.made(
            indexable(subject(frame))[slice(start(frame), stop(frame), step(frame))]
        )
    index = builder.build(node.slice)
    return lambda frame: indexable(subject(frame))[index(frame)]


def indexable(subject: Any) -> Any:
    if not isinstance(subject, (str, list, tuple, dict)):
        raise Stopped("type")
    return subject


def called(builder: Builder, node: ast.Call) -> Run:
    if any(isinstance(each, ast.Starred) for each in node.args):
        raise Unknown("syntax:Starred", node.lineno)
    arguments = builder.every(node.args)
    named = {}
    for keyword in node.keywords:
        if keyword.arg is None:
            raise Unknown("syntax:Starred", node.lineno)
        named[permitted(keyword.arg, node.lineno)] = builder.build(keyword.value)
    if isinstance(node.func, ast.Name):
        return _function(builder, permitted(node.func.id, node.lineno), arguments, named)
    if isinstance(node.func, ast.Attribute) and not named:
        return _method(builder, node.func, arguments)
    raise Unknown("syntax:Call", node.lineno)


def _function(builder: Builder, word: str, arguments: list[Run], named: Mapping[str, Run]) -> Run:
    builder.calls.add(word)

    def run(frame: Frame) -> Any:
        given = frame.functions.get(word)
        values = [argument(frame) for argument in arguments]
        keywords = {key: value(frame) for key, value in named.items()}
        if given is None:
            offered = OFFERED.get(word)
            if offered is None:
                raise Stopped(f"call:{word}")
            return frame.made(offered(frame, *values, **keywords))
        frame.weigh([values, keywords])
        try:
            return frame.made(given(*values, **keywords))
        except Stopped:
            raise
        except Exception as error:
            raise Stopped(f"call:{word}") from error

    return run


def _method(builder: Builder, node: ast.Attribute, arguments: list[Run]) -> Run:
    word = permitted(node.attr, node.lineno)
    if word not in methods.KNOWN:
        raise Unknown(f"attribute:{word}", node.lineno)
    subject = builder.build(node.value)
    builder.changing(node.value, word)
    script = builder.script

    def run(frame: Frame) -> Any:
        return methods.call(
            frame,
            subject(frame),
            word,
            [argument(frame) for argument in arguments],
            script=script,
        )

    return run


def joined(builder: Builder, node: ast.JoinedStr) -> Run:
    parts = builder.every(node.values)

    def run(frame: Frame) -> Any:
        pieces = [part(frame) for part in parts]
        frame.room(sum(len(piece) for piece in pieces))
        return frame.made("".join(pieces))

    return run


def formatted(builder: Builder, node: ast.FormattedValue) -> Run:
    if node.format_spec is not None or node.conversion != -1:
        raise Unknown("syntax:format", node.lineno)
    value = builder.build(node.value)

    def run(frame: Frame) -> Any:
        result = value(frame)
        if result is None or not isinstance(result, SCALARS):
            raise Stopped("type")
        return str(result)

    return run


MAKERS: Final[Makers] = {
    ast.Attribute: attribute,
    ast.BinOp: arithmetic,
    ast.BoolOp: both_or_either,
    ast.Call: called,
    ast.Compare: comparison,
    ast.Constant: constant,
    ast.Dict: dictionary,
    ast.DictComp: dictionary_comprehension,
    ast.FormattedValue: formatted,
    ast.GeneratorExp: list_comprehension,
    ast.IfExp: choice,
    ast.JoinedStr: joined,
    ast.List: listing,
    ast.ListComp: list_comprehension,
    ast.Name: name,
    ast.Subscript: entry,
    ast.Tuple: listing,
    ast.UnaryOp: unary,
}
