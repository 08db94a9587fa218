"""Errors and escalations go up: to the border events of the activities around them."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.token import Token
from engine.bpmn.tree import Run


def send_up(flow: Any, event: BpmnEvent) -> bool:
    """Offer an error or escalation to the boundary events of the activities around a workflow."""
    top: Run = flow.top_workflow
    while flow.parent_task_id is not None:
        host = top.get_task_from_id(flow.parent_task_id)
        catchers = [token for token in beside(host) if token.task_spec.catches(token, event)]
        if catchers:
            catch_best(catchers, event)
            return True
        flow = host.workflow
    return False


def catch_best(catchers: list[Token], event: BpmnEvent) -> None:
    """The event that names the code goes before one that takes all."""
    catchers.sort(key=lambda token: token.task_spec.event_definition.code is None)
    catchers[0].task_spec.catch(catchers[0], event)
    catchers[0].task_spec._update(catchers[0])


def beside(host: Token) -> list[Token]:
    """The waiting boundary events of an activity, also when it is one of several instances."""
    activity = host
    parent = activity.parent
    if parent is not None and host.triggered:
        activity, parent = parent, parent.parent
    if parent is None:
        return []
    return [
        token
        for token in parent.children
        if isinstance(token.task_spec, defaults.BoundaryEvent) and token._state == TaskState.WAITING
    ]
