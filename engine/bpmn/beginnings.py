"""What begins a run of a process: a person at the counter, a message, a signal, or an instant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from engine.bpmn import iso
from engine.bpmn.diagram import Scope, properties
from engine.bpmn.moment import Counted, Facts, functions
from engine.bpmn.vocabulary import Element, children, local, text_of
from engine.bpmn.wording import unquoted
from engine.calendar import ZONE, Calendar
from engine.errors import BadExpression
from engine.script import compile_expression

MOST = 10_000  # occurrences of one timer that anybody could mean


@dataclass(frozen=True)
class Beginning:
    """A start event that waits for something; of a timer ``name`` is its text."""

    element: str
    kind: Literal["message", "signal", "timer"]
    name: str
    time: str = ""  # timeDate, timeDuration or timeCycle
    variable: str = ""  # where a message's content goes; empty: into the data as it is


def beginnings(root: Element, scope: Scope) -> tuple[Beginning, ...]:
    """The events that begin the process; messages must have their names (``name_messages``)."""
    names = {e.get("id"): e.get("name") for e in children(root, "message", "signal")}
    found = []
    for node in scope.nodes:
        if node.kind != "startEvent":
            continue
        variable = properties(node.element).get("messageVariable", "")
        for kind in ("message", "signal"):
            for one in children(node.element, f"{kind}EventDefinition"):
                name = names.get((one.get(f"{kind}Ref") or "").rpartition(":")[2])
                if name:
                    found.append(Beginning(node.id, kind, name, variable=variable))
        for one in children(node.element, "timerEventDefinition"):
            for told in children(one, *iso.KINDS):
                text = unquoted(text_of(told))
                found.append(Beginning(node.id, "timer", text, time=local(told)))
    return tuple(found)


def begins_plainly(scope: Scope) -> bool:
    """Whether somebody can simply begin it: a plain start event, or none at all."""
    starts = [node for node in scope.nodes if node.kind == "startEvent"]
    return not starts or any(not start.definitions() for start in starts)


def occurrences(
    beginning: Beginning, anchor: datetime, after: datetime, until: datetime, calendar: Calendar
) -> Iterator[datetime]:
    """When the timer lets a run begin: later than ``after``, at ``until`` or before.

    Durations and repetitions without an instant of their own count from the ``anchor``.
    """
    for number, at in enumerate(_all(beginning, anchor, after, calendar)):
        if at > until or number >= MOST:
            return
        if at > after:
            yield at.astimezone(ZONE)


def _all(
    beginning: Beginning, anchor: datetime, after: datetime, calendar: Calendar
) -> Iterator[datetime]:
    text: object = beginning.name
    if not iso.looks_like_iso(beginning.name):
        known = functions(Facts(anchor, calendar))
        text = compile_expression(beginning.name).evaluate({}, known)
    if isinstance(text, Counted):
        yield text.after(anchor, calendar)
    elif not isinstance(text, str):
        raise BadExpression(text=beginning.name, line=None, cause="timer")
    elif beginning.time == "timeCycle":
        yield from _repeated(iso.cycle(text), anchor, after)
    elif text.upper().startswith("P"):
        yield iso.duration(text).after(anchor)
    else:
        yield iso.instant(text)


def _repeated(cycle: iso.Cycle, anchor: datetime, after: datetime) -> Iterator[datetime]:
    at = cycle.start or cycle.every.after(anchor)
    left = cycle.times
    if not cycle.every.months and at < after:  # what has passed is not counted one by one
        passed = (after - at) // cycle.every.rest
        passed = passed if left is None else min(passed, left)
        at += passed * cycle.every.rest
        left = None if left is None else left - passed
    while left is None or left > 0:
        yield at
        at = cycle.every.after(at)
        left = None if left is None else left - 1
