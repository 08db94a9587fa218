"""A token that is stuck is put at another step of its process, by hand and for a reason."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs import control
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.elements import ServiceTask
from engine.bpmn.migrate import judge
from engine.bpmn.parse import Spec
from engine.bpmn.snapshot import TRIGGERED, read
from engine.bpmn.token import OPEN, Token
from engine.bpmn.tree import ONE_OF_MANY, Run
from engine.errors import CannotJump


def leap(run: Run, step: str, to: str) -> None:
    """Take the one token that waits at ``step`` to ``to``, a step of people beside it; CannotJump.

    Its border events go with it; those of the new step begin to wait.
    """
    token = run.find(lambda one: one.task_spec.bpmn_id == step and _waits(one))
    if token is None:
        raise CannotJump(cause="gone", element=step)
    if token.triggered or token.task_spec.name.endswith(ONE_OF_MANY):
        raise CannotJump(cause="repeated", element=step)
    flow = token.workflow
    there = next((one for one in flow.spec.task_specs.values() if one.bpmn_id == to), None)
    if there is None or not _of_people(there):
        raise CannotJump(cause="people", element=to)
    fork = token.parent
    watched = fork is not None and isinstance(fork.task_spec, control.BoundaryEventSplit)
    leaving = fork if watched else token
    before = leaving.parent
    if before is None:
        raise CannotJump(cause="gone", element=step)
    flow._remove_task(leaving.id)
    entry = next((one for one in there.inputs if _forks(one, there)), there)
    run.current = arrived = Token(flow, entry, before, TaskState.FUTURE)
    entry._update(arrived)


def reachable(spec: Spec, snapshot: bytes) -> dict[str, tuple[str, ...]]:
    """Where the run waits (element) → the steps of people in the same scope it could be put at."""
    found: dict[str, tuple[str, ...]] = {}
    for flow in read(snapshot)["flows"]:
        specs = spec.processes[flow["spec"]].task_specs
        inside = {one.bpmn_id for one in specs.values() if one.bpmn_id and _of_people(one)}
        # The counter's step is done while the dossier comes to be, never again.
        people = [step for step in spec.people if step in inside and step != spec.counter]
        for row in flow["tasks"]:
            here = specs[row[2]]
            alone = not row[3] & TRIGGERED and not here.name.endswith(ONE_OF_MANY)
            if row[3] & OPEN and alone and here.bpmn_id and (_of_people(here) or _awaits(here)):
                found[here.bpmn_id] = tuple(to for to in people if to != here.bpmn_id)
    return found


def sound(spec: Spec, snapshot: bytes) -> bool:
    """Whether the diagram itself could have brought a run to where this one is."""
    return judge(spec, spec, snapshot, {}).moves


def _waits(token: Token) -> bool:
    spec = token.task_spec
    if token._state == TaskState.READY:
        return _of_people(spec)
    return bool(token._state == TaskState.WAITING and _awaits(spec))


def _of_people(spec: Any) -> bool:
    """A step of people, done once."""
    apart = isinstance(spec, (SubWorkflowTask, LoopTask, ServiceTask))
    return bool(getattr(spec, "manual", False)) and not apart


def _awaits(spec: Any) -> bool:
    """An event on the way, or a choice of events as a whole; not one on a border."""
    return isinstance(spec, CatchingEvent) and not isinstance(spec, BoundaryEvent)


def _forks(spec: Any, activity: Any) -> bool:
    return isinstance(spec, control.BoundaryEventSplit) and spec.outputs[0] is activity
