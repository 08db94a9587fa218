"""Timer events on our clock: wall time, counted working time, and the legal clock.

The instant a timer waits for is kept with its token.  Wall and counted timers are computed once,
when the token arrives; legal ones are computed anew at every step of the run, and have no instant
while the legal clock stands still.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.event_definitions import timer as library
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import iso
from engine.bpmn.language import failed
from engine.bpmn.moment import Counted
from engine.bpmn.token import Token
from engine.bpmn.tree import Notice
from engine.calendar import ZONE
from engine.errors import BadExpression, RunFailed
from engine.script import compile_expression

Kind = Literal["wall", "counted", "legal"]
LEGAL = frozenset({"due", "before_due"})
COUNTED = frozenset({"working_days", "working_hours"})
SLOT = ".timer"


@dataclass(frozen=True)
class Armed:
    """What a waiting timer waits for."""

    at: datetime | None
    kind: Kind


def kind_of(text: str) -> Kind:
    """Told apart by the functions its expression calls."""
    if iso.looks_like_iso(text):
        return "wall"
    calls = compile_expression(text).calls
    if calls & LEGAL:
        return "legal"
    return "counted" if calls & COUNTED else "wall"


class OurTimer:
    """The behaviour that the three kinds of timer definition share."""

    expression: str
    name: str
    wording: str

    def has_fired(self, my_task: Token, slot: str = SLOT) -> bool:
        """Whether the instant has come; arms the timer on the token's arrival."""
        facts = my_task.workflow.top_workflow.facts
        armed = self.armed(my_task, slot)
        return armed.at is not None and armed.at <= facts.now

    def armed(self, my_task: Token, slot: str = SLOT) -> Armed:
        """The instant now waited for; legal timers are looked at again each time."""
        kept = my_task.internal_data.get(slot)
        if kept is None or kept["kind"] == "legal":
            kept = self._arm(my_task)
            my_task.internal_data[slot] = kept
        at = kept["at"]
        return Armed(None if at is None else datetime.fromisoformat(at), kept["kind"])

    def reset(self, my_task: Token) -> None:
        """Forget the instant: the token moves on."""
        if my_task.internal_data.pop(SLOT, None) is not None:
            notice_timer(my_task, my_task.task_spec)

    def _arm(self, my_task: Token) -> dict[str, Any]:
        facts = my_task.workflow.top_workflow.facts
        value = self._value(my_task)
        kind = kind_of(self.expression)
        if kind == "legal" and facts.paused:
            return {"kind": kind, "at": None}
        try:
            at = self._instant(value, facts)
        except (ValueError, OverflowError) as error:
            raise _bad(my_task, f"timer:{value}") from error
        return {"kind": kind, "at": at.astimezone(ZONE).isoformat() if at else None}

    def _value(self, my_task: Token) -> Any:
        if iso.looks_like_iso(self.expression):
            return self.expression
        try:
            return my_task.workflow.script_engine.evaluate(my_task, self.expression)
        except BadExpression as error:
            raise failed(my_task, error) from error

    def _instant(self, value: Any, facts: Any) -> datetime | None:
        if value is None and kind_of(self.expression) == "legal":
            return None
        if isinstance(value, Counted):
            return value.after(facts.now, facts.calendar)
        if isinstance(value, datetime):
            return value
        if not isinstance(value, str):
            raise ValueError(value)
        if value.upper().startswith("P"):
            return iso.duration(value).after(facts.now)
        return iso.instant(value)


class TimeDateEventDefinition(OurTimer, library.TimeDateEventDefinition):
    """An instant."""

    wording = "timeDate"


class DurationTimerEventDefinition(OurTimer, library.DurationTimerEventDefinition):
    """A while after the token's arrival."""

    wording = "timeDuration"


class CycleTimerEventDefinition(OurTimer, library.CycleTimerEventDefinition):
    """Again and again beside an activity; each look at it lets one occurrence happen."""

    wording = "timeCycle"

    def _arm(self, my_task: Token) -> dict[str, Any]:
        facts = my_task.workflow.top_workflow.facts
        value = self._value(my_task)
        try:
            read = iso.cycle(str(value))
            start = (read.start or read.every.after(facts.now)).astimezone(ZONE)
        except (ValueError, OverflowError) as error:
            raise _bad(my_task, f"timer:{value}") from error
        kept = {"kind": "wall", "at": start.isoformat(), "left": read.times, "text": str(value)}
        return kept if read.times != 0 else {**kept, "at": None}

    def has_fired(self, my_task: Token, slot: str = SLOT) -> bool:
        due = super().has_fired(my_task, slot)
        return due and getattr(my_task.task_spec, "cancel_activity", True)

    def update_task(self, my_task: Token) -> None:
        """Let one occurrence happen if its instant has come: a branch beside the activity."""
        if not OurTimer.has_fired(self, my_task) or my_task._state != TaskState.WAITING:
            return
        self._next(my_task)
        notice_timer(my_task, my_task.task_spec)
        kept = my_task.data
        my_task.task_spec.look_around(my_task)
        branch_off(my_task)
        my_task.data = kept

    def _next(self, my_task: Token) -> None:
        kept = dict(my_task.internal_data[SLOT])
        left = kept["left"]
        every = iso.cycle(kept["text"]).every
        kept["left"] = None if left is None else left - 1
        kept["at"] = (
            None
            if kept["left"] == 0
            else every.after(datetime.fromisoformat(kept["at"])).isoformat()
        )
        my_task.internal_data[SLOT] = kept


def branch_off(my_task: Token) -> None:
    """Begin what follows a boundary event once, while the event goes on waiting."""
    my_task.workflow.top_workflow.passed(my_task)
    for output in my_task.task_spec.outputs:
        if not isinstance(output, BoundaryEventJoin):  # only the activity's own end counts there
            child = my_task._add_child(output, TaskState.FUTURE)
            child.task_spec._update(child)


def notice_timer(my_task: Token, spec: Any) -> None:
    """Note that the timer of an element fired."""
    my_task.workflow.top_workflow.noticed.append(Notice("timer", spec.bpmn_id, my_task))


def _bad(my_task: Token, cause: str) -> RunFailed:
    spec = my_task.task_spec
    return RunFailed(
        element=spec.bpmn_id or spec.name, name=spec.bpmn_name or "", cause=cause, line=None
    )
