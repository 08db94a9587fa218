"""What callers hold: a compiled expression and a compiled script."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeVar

from engine.errors import BadExpression
from engine.script.bounds import MAX_EXPRESSION, MAX_SCRIPT, Frame, Stopped, copied
from engine.script.building import Builder, Run, Unknown
from engine.script.expressions import MAKERS
from engine.script.statements import Do, ScriptBuilder

Functions = Mapping[str, Callable[..., Any]]
NO_FUNCTIONS: Functions = {}
Result = TypeVar("Result")


@dataclass(frozen=True)
class Expression:
    """An expression that has been read: what it needs is known before it runs."""

    text: str
    names: frozenset[str]
    calls: frozenset[str]
    run: Run

    def evaluate(self, names: Mapping[str, Any], functions: Functions = NO_FUNCTIONS) -> Any:
        """The value; nothing given is changed. ``BadExpression`` when there is none."""
        frame = Frame(names, functions)
        return _bounded(self.text, frame, lambda: self._weighed(frame))

    def _weighed(self, frame: Frame) -> Any:
        """The value, small enough to be written down: a list may hold one big list many times."""
        value = self.run(frame)
        frame.weigh(value)
        return value


@dataclass(frozen=True)
class Script:
    """A script that has been read: what it reads, writes and calls is known before it runs."""

    text: str
    reads: frozenset[str]
    writes: frozenset[str]
    calls: frozenset[str]
    do: Do
    needs: frozenset[str]  # every name it looks at, its own results among them
    counters: frozenset[str]  # names that only count rounds of a loop; they are not results

    def execute(
        self, names: Mapping[str, Any], functions: Functions = NO_FUNCTIONS
    ) -> dict[str, Any]:
        """The names that are new or changed, with values of their own; the input stays as it is."""
        frame = Frame({}, functions)
        return _bounded(self.text, frame, lambda: self._changed(names, frame))

    def _changed(self, names: Mapping[str, Any], frame: Frame) -> dict[str, Any]:
        own = {key: copied(names[key], Frame({}, {})) for key in self.needs if key in names}
        frame.names = own
        self.do(frame)
        changed = {}
        for key, value in own.items():
            if key in self.counters or (key in names and _same(frame, names[key], value)):
                continue
            changed[key] = copied(value, frame)
        return changed


def _same(frame: Frame, before: Any, after: Any) -> bool:
    frame.weigh(after)
    return type(before) is type(after) and bool(before == after)


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """Read one expression; ``BadExpression`` when the language does not know it."""
    builder = Builder(MAKERS)
    run = _read(text, lambda: builder.build(_tree(text.strip(), "eval", MAX_EXPRESSION).body))
    return Expression(text, frozenset(builder.reads), frozenset(builder.calls), run)


@lru_cache(maxsize=1024)
def compile_script(text: str) -> Script:
    """Read a script; ``BadExpression`` with the line when the language does not know it."""
    builder = ScriptBuilder(MAKERS)
    do = _read(text, lambda: builder.block(_tree(_dedented(text), "exec", MAX_SCRIPT).body))
    return Script(
        text,
        reads=frozenset(builder.reads),
        writes=frozenset(builder.writes | (builder.changes - builder.loops)),
        calls=frozenset(builder.calls),
        do=do,
        needs=frozenset(builder.needs),
        counters=frozenset(builder.loops - builder.writes),
    )


def _dedented(text: str) -> str:
    """Scripts inside XML are often indented as a whole; the numbers of their lines stay."""
    lines = text.splitlines()
    filled = [line for line in lines if line.strip()]
    margin = min((len(line) - len(line.lstrip()) for line in filled), default=0)
    return "\n".join(line[margin:] for line in lines)


def _tree(text: str, mode: Literal["eval", "exec"], longest: int) -> Any:
    if len(text) > longest:
        raise Unknown("length")
    if mode == "eval" and "\n" in text:
        text = f"({text}\n)"  # a condition may go over several lines
    return ast.parse(text, mode=mode)


def _read(text: str, read: Callable[[], Result]) -> Result:
    """Reading turned into ``BadExpression`` where it fails."""
    try:
        return read()
    except Unknown as unknown:
        raise BadExpression(text=text, line=unknown.line, cause=unknown.cause) from unknown
    except SyntaxError as error:
        raise BadExpression(text=text, line=error.lineno or 1, cause="syntax") from error
    except ValueError as error:  # a null character, half a letter, a number of thousands of digits
        raise BadExpression(text=text, line=1, cause="syntax") from error
    except (RecursionError, MemoryError) as error:  # Python's own reader gave up
        raise BadExpression(text=text, line=1, cause="depth") from error


CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (ZeroDivisionError, "zero"),
    (OverflowError, "number"),
    (RecursionError, "depth"),
    (IndexError, "index"),
    (TypeError, "type"),
    (AttributeError, "type"),
    (ValueError, "value"),
)


def _bounded(text: str, frame: Frame, run: Callable[[], Result]) -> Result:
    """Running turned into ``BadExpression`` where it fails."""
    try:
        return run()
    except Stopped as stopped:
        cause: str = stopped.cause
        raise BadExpression(text=text, line=frame.line, cause=cause) from stopped.__cause__
    except KeyError as error:
        raise BadExpression(text=text, line=frame.line, cause=f"key:{error.args[0]}") from error
    except tuple(kind for kind, _ in CAUSES) as error:
        cause = next(word for kind, word in CAUSES if isinstance(error, kind))
        raise BadExpression(text=text, line=frame.line, cause=cause) from error
