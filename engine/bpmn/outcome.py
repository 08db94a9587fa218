"""What a step of a run leaves behind: who is asked now, which timers wait, what has happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.util.task import TaskState

from engine import events
from engine.bpmn import snapshot as rest
from engine.bpmn.catching import MessageEventDefinition, slot
from engine.bpmn.elements import ServiceTask
from engine.bpmn.parse import Spec
from engine.bpmn.timers import SLOT, Kind, OurTimer
from engine.bpmn.tree import Run, Token


@dataclass(frozen=True)
class OpenTask:
    """A step that waits for a person."""

    id: str
    step: str
    name: str


@dataclass(frozen=True)
class ServiceCall:
    """A service task that waits for its operator's answer."""

    task: str
    step: str
    operator: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Timer:
    """A timer that waits; at is None while the legal clock stands still."""

    token: str
    step: str
    at: datetime | None
    kind: Kind
    fired: bool = False


@dataclass(frozen=True)
class Waiting:
    """A token at rest."""

    token: str
    step: str


@dataclass(frozen=True)
class Outcome:
    """The run after a step, and what the step did."""

    snapshot: bytes
    events: tuple[events.Event, ...]
    tasks: tuple[OpenTask, ...]
    services: tuple[ServiceCall, ...]
    timers: tuple[Timer, ...]
    waiting: tuple[Waiting, ...]
    finished: bool
    ended_at: str | None


Open = dict[int, tuple[str, bool]]


def open_now(run: Run) -> Open:
    """The tokens that wait for a person or a service: number → (name of its step, service?)."""
    return {
        token.id: (token.task_spec.bpmn_id, isinstance(token.task_spec, ServiceTask))
        for flow in run.flows()
        for token in flow.open.values()
        if token._state == TaskState.READY and token.task_spec.manual
    }


def outcome_of(spec: Spec, run: Run, input: Any, before: Open, seed: str) -> Outcome:
    """Look at a run at rest."""
    now = open_now(run)
    finished = run.is_completed()
    happened = _passed(spec, run)
    tasks: list[OpenTask] = []
    services: list[ServiceCall] = []
    timers: list[Timer] = []
    waiting: list[Waiting] = []
    for flow in run.flows():
        for token in sorted(flow.open.values(), key=lambda token: token.id):
            step = spec.step(token.task_spec.bpmn_id)
            if step is None:
                continue
            name = rest.task_name(seed, token.id)
            if token.id in now:
                if now[token.id][1]:
                    run.current = token
                    call = token.task_spec
                    services.append(
                        ServiceCall(name, step.id, call.operation_name, call.parameters(token))
                    )
                else:
                    tasks.append(OpenTask(name, step.id, step.name))
            timers += _timers(token, name, step.id)
            waiting += _waiting(spec, token, name, step.id)
    first: list[events.Event] = []
    last: list[events.Event] = []
    started = not before and hasattr(input, "process")
    if started:
        first.append(events.RunStarted(run.spec.name))
    done = getattr(input, "task", None)
    for number, (bpmn_id, service) in before.items():
        step = spec.step(bpmn_id)
        if number in now or step is None:
            continue
        name = rest.task_name(seed, number)
        if name == done:
            if not service:
                first.append(events.TaskCompleted(name, step.id))
        elif not service:
            last.append(events.TaskWithdrawn(name, step.id))
    opened = {rest.task_name(seed, number) for number in now.keys() - before.keys()}
    last += [events.TaskOpened(task.id, task.step) for task in tasks if task.id in opened]
    last += [
        events.ServiceAsked(call.task, call.step, call.operator, call.parameters)
        for call in services
        if call.task in opened
    ]
    ended = spec.step(run.ended_at)
    ended_at = ended.id if ended and finished else None
    if finished:
        last.append(events.RunFinished(ended_at))
    return Outcome(
        rest.freeze(run, seed),
        (*first, *happened, *last),
        tuple(tasks),
        tuple(services),
        tuple(timers),
        tuple(waiting),
        finished,
        ended_at,
    )


def _passed(spec: Spec, run: Run) -> list[events.Event]:
    """What was noticed on the way, in order."""
    found: list[events.Event] = []
    for kind, what in run.noticed:
        if kind == "signal":
            found.append(events.SignalThrown(what))
            continue
        task_spec = what if kind == "timer at" else what.task_spec
        step = spec.step(task_spec.bpmn_id)
        if step is None or (kind == "passed" and what.triggered and _one_of_many(what)):
            continue
        if kind in ("timer", "timer at"):
            found.append(events.TimerFired(step.id))
        elif kind == "passed":
            definition = getattr(task_spec, "event_definition", None)
            if isinstance(definition, OurTimer) and getattr(definition, "expression", None):
                if not _is_cycle_branch(what):
                    found.append(events.TimerFired(step.id))
            found.append(events.ElementPassed(step.id))
    for event in run.get_events():
        definition = event.event_definition
        if isinstance(definition, MessageEventDefinition):
            found.append(
                events.MessageSent(definition.name, event.payload or {}, event.correlations or {})
            )
    return found


def _one_of_many(token: Token) -> bool:
    return token.task_spec.name.endswith(" [child]")


def _is_cycle_branch(token: Token) -> bool:
    return token._state == TaskState.WAITING


def _timers(token: Token, name: str, step: str) -> list[Timer]:
    definition = getattr(token.task_spec, "event_definition", None)
    if token._state != TaskState.WAITING:
        return []
    if isinstance(definition, MultipleEventDefinition):
        pairs = [(inner, slot(index)) for index, inner in enumerate(definition.event_definitions)]
    else:
        pairs = [(definition, SLOT)]
    found = []
    for inner, place in pairs:
        if isinstance(inner, OurTimer) and place in token.internal_data:
            armed = inner.armed(token, place)
            if armed.at is not None or armed.kind == "legal":
                found.append(Timer(name, step, armed.at, armed.kind))
    return found


def _waiting(spec: Spec, token: Token, name: str, step: str) -> list[Waiting]:
    """Boundary events listen; they are not where a token rests."""
    task_spec = token.task_spec
    if isinstance(task_spec, BoundaryEvent):
        return []
    found = [Waiting(name, step)]
    if isinstance(task_spec, CatchingEvent) and len(task_spec.outputs) > 1:
        for output in task_spec.outputs:
            behind = spec.step(output.bpmn_id)
            if behind is not None:
                found.append(Waiting(name, behind.id))
    return found
