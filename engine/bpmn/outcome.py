"""What a step of a run leaves behind: who is asked now, which timers wait, what has happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.util.task import TaskState

from engine import events
from engine.bpmn import snapshot as rest
from engine.bpmn.catching import MessageEventDefinition, SignalEventDefinition, slot
from engine.bpmn.elements import ServiceTask
from engine.bpmn.parse import Spec
from engine.bpmn.steps import Step
from engine.bpmn.timers import SLOT, Kind, OurTimer
from engine.bpmn.token import Token
from engine.bpmn.tree import Run

HEARD = {MessageEventDefinition: "message", SignalEventDefinition: "signal"}


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
    caught: bool = False  # whether anything in the run waited for what was thrown
    listens: tuple[tuple[str, str], ...] = ()  # (message or signal, its name) waited for
    correlation: Mapping[str, Any] = field(default_factory=dict)  # which messages are meant


Open = dict[int, tuple[str, bool]]


def open_now(run: Run) -> Open:
    """The tokens that wait for a person or a service: number → (name of its step, service?)."""
    return {
        token.id: (token.task_spec.bpmn_id, isinstance(token.task_spec, ServiceTask))
        for flow in run.flows()
        for token in flow.open.values()
        if token._state == TaskState.READY and token.task_spec.manual
    }


@dataclass(frozen=True)
class Before:
    """What a run was like before the step."""

    open: Open
    finished: bool


def outcome_of(spec: Spec, run: Run, input: Any, was: Before, seed: str) -> Outcome:
    """Look at a run at rest."""
    before = was.open
    now = open_now(run)
    tasks: list[OpenTask] = []
    services: list[ServiceCall] = []
    timers: list[Timer] = []
    waiting: list[Waiting] = []
    opened: list[events.Event] = []
    for token, step, name in _at_rest(spec, run, seed):
        timers += _timers(token, name, step.id)
        waiting += _waiting(spec, token, name, step.id)
        if token.id not in now:
            continue
        if now[token.id][1]:
            call = _call(run, token, name, step.id)
            services.append(call)
            asked = events.ServiceAsked(name, step.id, call.operator, call.parameters)
            opened += [asked] if token.id not in before else []
        else:
            tasks.append(OpenTask(name, step.id, step.name))
            opened += [events.TaskOpened(name, step.id)] if token.id not in before else []
    completed, withdrawn = _gone(spec, before, now, getattr(input, "task", None), seed)
    started = [events.RunStarted(run.spec.name)] if hasattr(input, "process") else []
    finished = run.is_completed()
    ended = spec.step(run.ended_at) if finished else None
    ended_at = ended.id if ended else None
    return Outcome(
        rest.freeze(run, seed),
        (
            *started,
            *completed,
            *_passed(spec, run),
            *withdrawn,
            *opened,
            *([events.RunFinished(ended_at)] if finished and not was.finished else []),
        ),
        tuple(tasks),
        tuple(services),
        tuple(timers),
        tuple(waiting),
        finished,
        ended_at,
        run.caught,
        _listens(run),
        {key: value for flow in run.flows() for key, value in flow.correlations.items()},
    )


def _listens(run: Run) -> tuple[tuple[str, str], ...]:
    """The messages and signals that any token of the run waits for."""
    found: set[tuple[str, str]] = set()
    for token in run.event_manager.tasks.values():
        definition = token.task_spec.event_definition
        for one in getattr(definition, "event_definitions", [definition]):
            kind = HEARD.get(type(one))
            if kind is not None and token._state == TaskState.WAITING and one.name:
                found.add((kind, one.name))
    return tuple(sorted(found))


def _at_rest(spec: Spec, run: Run, seed: str) -> Iterator[tuple[Token, Step, str]]:
    """The open tokens that stand at something drawn, with their names outside."""
    for flow in run.flows():
        for token in sorted(flow.open.values(), key=lambda token: token.id):
            step = spec.step(token.task_spec.bpmn_id)
            if step is not None:
                yield token, step, rest.task_name(seed, token.id)


def _call(run: Run, token: Token, name: str, step: str) -> ServiceCall:
    run.current = token  # a parameter that fails is this element's failure
    asked = token.task_spec
    return ServiceCall(name, step, asked.operation_name, asked.parameters(token))


def _gone(
    spec: Spec, before: Open, now: Open, done: str | None, seed: str
) -> tuple[list[events.Event], list[events.Event]]:
    """What people had before and have no more: what was done, and what was withdrawn."""
    completed: list[events.Event] = []
    withdrawn: list[events.Event] = []
    for number, (bpmn_id, service) in before.items():
        step = spec.step(bpmn_id)
        if number in now or service or step is None:
            continue
        name = rest.task_name(seed, number)
        if name == done:
            completed.append(events.TaskCompleted(name, step.id))
        else:
            withdrawn.append(events.TaskWithdrawn(name, step.id))
    return completed, withdrawn


def _passed(spec: Spec, run: Run) -> list[events.Event]:
    """What was noticed on the way, in order."""
    found: list[events.Event] = []
    for notice in run.noticed:
        if notice.kind == "signal":
            found.append(events.SignalThrown(notice.name or ""))
            continue
        step = spec.step(notice.name)
        if step is None:
            continue
        if notice.kind == "timer":
            found.append(events.TimerFired(step.id))
        elif notice.kind == "passed":
            found.append(events.ElementPassed(step.id))
    for event in run.get_events():
        definition = event.event_definition
        if isinstance(definition, MessageEventDefinition):
            sent = events.MessageSent(definition.name, event.payload or {}, event.correlations)
            found.append(sent)
    return found


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
