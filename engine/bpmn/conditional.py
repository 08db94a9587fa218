"""Conditional events: looked at again whenever anything in the run has changed data.

A token's data are its own; what other branches have changed since it began to wait is kept beside
it as news, and the condition sees both.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.conditional import (
    ConditionalEventDefinition as LibraryConditional,
)
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.redraw.adhoc import ENOUGH
from engine.bpmn.token import Token, same
from engine.bpmn.vocabulary import INSERTED
from engine.errors import RunFailed

NEWS = ".news"
DONE = ".done"  # something in the ad-hoc sub-process is done
ENDS_AD_HOC = INSERTED + ENOUGH


class ConditionalEventDefinition(LibraryConditional):
    """A condition over the run's data; what nobody has set yet makes it false."""

    def has_fired(self, my_task: Token) -> bool:
        if my_task.internal_data.get("event_fired"):
            return True
        if my_task.task_spec.name.startswith(ENDS_AD_HOC) and DONE not in my_task.internal_data:
            return False
        names = {**my_task.data, **my_task.internal_data.get(NEWS, {})}
        try:
            return bool(my_task.workflow.script_engine.evaluate(names, self.expression))
        except RunFailed as failure:
            if str(failure.particulars.get("cause")).startswith("name:"):
                return False
            spec = my_task.task_spec
            raise RunFailed(
                element=spec.bpmn_id,
                name=spec.bpmn_name or "",
                cause=failure.particulars.get("cause"),
                line=failure.particulars.get("line"),
            ) from failure

    def reset(self, my_task: Token) -> None:
        my_task.internal_data.pop(NEWS, None)
        my_task.internal_data.pop(DONE, None)
        my_task.internal_data.pop("event_fired", None)


def spread_news(run: Any, done: Token) -> None:
    """Tell every waiting condition of the run what a finished token has changed."""
    waiting = [
        token
        for token in run.event_manager.tasks.values()
        if token._state == TaskState.WAITING and watches(token.task_spec)
    ]
    parent = done.parent
    if not waiting or parent is None:
        return
    before = parent.data
    news = {
        key: value
        for key, value in done.data.items()
        if key not in before or not same(before[key], value)
    }
    if not news:
        return
    for token in waiting:
        token.internal_data[NEWS] = {**token.internal_data.get(NEWS, {}), **news}
        if token.workflow.tasks.get(token.id) is token and token._state == TaskState.WAITING:
            token.task_spec._update(token)


def look_for_enough(flow: Any, done: Token) -> None:
    """Something inside an ad-hoc sub-process is done: perhaps that was enough."""
    drawn = done.task_spec.bpmn_id or INSERTED
    if flow.parent_task_id is None or drawn.startswith(INSERTED):
        return
    host = flow.top_workflow.get_task_from_id(flow.parent_task_id)
    fork = host.parent
    for token in list(fork.children) if fork is not None else ():
        waits = token._state == TaskState.WAITING
        if waits and token.task_spec.name.startswith(ENDS_AD_HOC):
            token.internal_data[DONE] = True
            token.task_spec._update(token)


def watches(spec: Any) -> bool:
    """Whether an event waits for a condition, alone or among others."""
    definition = getattr(spec, "event_definition", None)
    inner = getattr(definition, "event_definitions", [definition])
    return any(isinstance(one, LibraryConditional) for one in inner)
