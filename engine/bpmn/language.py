"""The safe language as SpiffWorkflow's script engine: conditions, scripts, timers and tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from types import MappingProxyType
from typing import Any

from engine.errors import BadExpression, Fault, RunFailed
from engine.script import compile_expression, compile_script

NOTHING: Mapping[str, None] = MappingProxyType({})


class Language:
    """Evaluates on a token's data with the functions of the moment; no ``eval``, no ``exec``."""

    def __init__(
        self, functions: Mapping[str, Callable[..., Any]], empty: Mapping[str, None] = NOTHING
    ) -> None:
        self.functions = functions
        self.empty = empty  # what a form asks for and nobody has filled yet
        self.environment = _Environment(self)

    def validate(self, text: str) -> None:
        """Raise ``SyntaxError`` for what is not an expression: decision tables ask this."""
        try:
            compile_expression(text)
        except BadExpression as error:
            raise SyntaxError(str(error)) from error

    def evaluate(
        self,
        subject: Any,
        text: str,
        context: Mapping[str, Any] | None = None,
        external_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value on a token's data (or on a plain mapping)."""
        names = subject if isinstance(subject, Mapping) else subject.data
        names = {**self.empty, **names}
        more = external_context or context
        if more:
            names = {**names, **more}
        try:
            return compile_expression(text).evaluate(names, self.functions)
        except BadExpression as error:
            raise failed(subject, error) from error

    def execute(self, task: Any, text: str, external_context: Any = None) -> bool:
        """Run a script and put its results into the token's data."""
        try:
            known = {**self.empty, **task.data}
            changed = compile_script(text or "").execute(known, self.functions)
        except BadExpression as error:
            raise failed(task, error) from error
        check_storable(task, changed)
        task.data = {**task.data, **changed}
        return True

    def call_service(self, task: Any, **asked: Any) -> str:
        """Services wait for an answer; the engine never calls one."""
        raise RunFailed(element=task.task_spec.name, name="", cause="service", line=None)


class _Environment:
    """What SpiffWorkflow calls the place where expressions live: asked with plain mappings."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def evaluate(self, text: str, context: Mapping[str, Any], external_context: Any = None) -> Any:
        """The value of an expression."""
        return self._language.evaluate(context, text, external_context=external_context)


def failed(subject: Any, error: Fault) -> RunFailed:
    """The failure of an element, with the cause and the line of its expression."""
    spec = getattr(subject, "task_spec", None)
    particulars = error.particulars
    return RunFailed(
        element=getattr(spec, "bpmn_id", None) or getattr(spec, "name", None),
        name=getattr(spec, "bpmn_name", None) or "",
        cause=particulars.get("cause"),
        line=particulars.get("line"),
    )


def check_storable(task: Any, values: Mapping[str, Any]) -> None:
    """Only what JSON can hold may stay in a run; ``typename`` is the serializer's own word."""
    for name, value in values.items():
        problem = "typename" if name == "typename" else unstorable(value)
        if problem is not None:
            spec = task.task_spec
            raise RunFailed(
                element=spec.bpmn_id or spec.name,
                name=spec.bpmn_name or "",
                cause=f"value:{name}:{problem}",
                line=None,
            )


def unstorable(value: Any) -> str | None:
    """Why a value cannot be kept (a key ``typename``, a type JSON has no word for), or None."""
    rest = [value]
    while rest:
        item = rest.pop()
        if isinstance(item, dict):
            wrong = next(
                (key for key in item if key == "typename" or not isinstance(key, str)), None
            )
            if wrong is not None:
                return f"key:{wrong!r}"
            rest.extend(item.values())
        elif isinstance(item, (list, tuple)):
            rest.extend(item)
        elif not (item is None or isinstance(item, (str, int)) or _is_number(item)):
            return type(item).__name__
    return None


def _is_number(item: object) -> bool:
    return isinstance(item, float) and isfinite(item)
