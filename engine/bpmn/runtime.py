"""The run as a function: (specification, snapshot, input, facts) → (snapshot, events, what waits).

Nothing here asks the clock, draws a random number or keeps anything: the same arguments give the
same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import snapshot as rest
from engine.bpmn.activities import UNKEPT
from engine.bpmn.catching import MessageEventDefinition, SignalEventDefinition, rescue
from engine.bpmn.elements import ServiceTask
from engine.bpmn.inputs import (
    Answer,
    Complete,
    Fail,
    Fire,
    Input,
    Jump,
    Refresh,
    Start,
    Throw,
)
from engine.bpmn.jumping import leap
from engine.bpmn.language import Language, check_storable, failed
from engine.bpmn.moment import Facts, functions
from engine.bpmn.outcome import (
    Before,
    OpenTask,
    Outcome,
    ServiceCall,
    Timer,
    Waiting,
    open_now,
    outcome_of,
)
from engine.bpmn.parse import Spec
from engine.bpmn.snapshot import final_data, open_data
from engine.bpmn.timers import SLOT, branch_off
from engine.bpmn.token import Token
from engine.bpmn.tree import Run
from engine.errors import BadExpression, RunFailed, TaskClosed, UnknownTask

__all__ = [
    "Answer",
    "Complete",
    "Facts",
    "Fail",
    "Fire",
    "Input",
    "Jump",
    "OpenTask",
    "Outcome",
    "Refresh",
    "ServiceCall",
    "Start",
    "Throw",
    "Timer",
    "Waiting",
    "advance",
    "final_data",
    "open_data",
]

MAX_STEPS = 5_000
#: What the library and the data may raise in the midst of a run: an incident, never a crash.
RUN_TIME = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
MAX_TOKENS = 5_000
THROWN = {"signal": SignalEventDefinition, "message": MessageEventDefinition}


def advance(spec: Spec, snapshot: bytes | None, input: Input, facts: Facts, seed: str) -> Outcome:
    """One step of a run: all that follows from the input until the run rests again.

    seed names the run's tokens: it must differ between runs, and its value at the start counts.
    """
    run, state = _begin(spec, snapshot, input, facts)
    seed = seed if state is None else state["seed"]
    try:
        if state is not None:
            rest.thaw(state, run)
        before = Before(open_now(run), state is not None and run.is_completed())
        _apply(run, input, seed)
        settle(run)
        return outcome_of(spec, run, input, before, seed)
    except BadExpression as error:
        raise failed(run.current, error) from error
    except WorkflowException as error:
        element = getattr(error.task_spec, "bpmn_id", None) or _where(run.current)
        raise RunFailed(element=element, name="", cause=str(error), line=None) from error
    except RUN_TIME as error:
        cause = f"{type(error).__name__}: {error}"
        raise RunFailed(element=_where(run.current), name="", cause=cause, line=None) from error


def _begin(
    spec: Spec, snapshot: bytes | None, input: Input, facts: Facts
) -> tuple[Run, dict[str, Any] | None]:
    """An empty run of the right process, and the state to fill it with."""
    state: dict[str, Any] | None = None
    if isinstance(input, Start):
        process = input.process or spec.main
        if process not in spec.processes:
            raise RunFailed(element=process, name="", cause="process", line=None)
    else:
        if snapshot is None:
            raise UnknownTask(task=getattr(input, "task", None))
        state = rest.read(snapshot)
        process = state["flows"][0]["spec"]
    language = Language(functions(facts), spec.empty)
    return Run(spec.processes[process], spec.processes, language, facts), state


def settle(run: Run) -> None:
    """Run what needs nobody, one after the other, until nothing is ready."""
    steps = 0
    while (token := _next(run)) is not None:
        steps += 1
        if steps > MAX_STEPS or len(token.workflow.open) > MAX_TOKENS:
            raise RunFailed(
                element=_where(token), name=token.task_spec.bpmn_name or "", cause="cap", line=None
            )
        run.current = token
        try:
            token.run()
        except (BadExpression, RunFailed) as failure:
            if not rescue(token, failure):
                raise
        _close_if_over(run)


def _next(run: Run) -> Token | None:
    """The step to run next, once the branches that events have begun are there."""
    while run.beside:
        event, known = run.beside.popleft()
        if event.workflow.tasks.get(event.id) is event and event._state == TaskState.WAITING:
            kept, event.data = event.data, known
            branch_off(event)
            event.data = kept
    return run.next_ready()


def _close_if_over(run: Run) -> None:
    """An error nobody catches ends the run."""
    for notice in run.noticed:
        if notice.kind == "uncaught" and not run.completed:
            run.ended_at = notice.name
            run.data.update(notice.token.data)
            run.cancel()


def _apply(run: Run, input: Input, seed: str) -> None:
    if isinstance(input, Start):
        run.begun_by = input.event
        run.correlations.update(input.correlation)
        run.plant()
        root = run.task_tree
        run.current = root
        _take_in(root, input.data)
    elif isinstance(input, (Fire, Refresh)):
        _look_at_timers(run)
    elif isinstance(input, Throw):
        _hear(run, input)
    elif isinstance(input, Jump):
        leap(run, input.step, input.to)
    else:
        _go_on(run, input, seed)


def _go_on(run: Run, input: Complete | Answer | Fail, seed: str) -> None:
    """A person or a service has done, or could not do, what a token waits for."""
    token = _ready(run, input.task, seed, service=not isinstance(input, Complete))
    run.current = token
    if isinstance(input, Complete):
        _take_in(token, input.answers)
        token.run()
    elif isinstance(input, Answer):
        variable = token.task_spec.result_variable
        _take_in(token, {} if variable == UNKEPT else {variable: input.result})
        token.run()
    else:
        spec = token.task_spec
        name = spec.bpmn_name or ""
        failure = RunFailed(element=spec.bpmn_id, name=name, cause=input.cause, line=None)
        if not rescue(token, failure):
            raise failure


def _hear(run: Run, input: Throw) -> None:
    check_storable(run.task_tree, input.payload)
    payload = deepcopy(dict(input.payload))
    for kind, definition in THROWN.items():
        if input.kind in ("", kind):
            event = BpmnEvent(definition(input.name), payload, dict(input.correlation))
            run.caught |= run.event_manager.catch(event, internal=False) > 0


def _look_at_timers(run: Run) -> None:
    """Each waiting timer is looked at once, the earliest first."""
    waiting = [
        token for token in run.event_manager.tasks.values() if token._state == TaskState.WAITING
    ]
    for token in sorted(waiting, key=_instant):
        if token.workflow.tasks.get(token.id) is token and token._state == TaskState.WAITING:
            run.current = token
            token.task_spec._update(token)


def _instant(token: Token) -> tuple[str, int]:
    kept = token.internal_data.get(SLOT) or {}
    return kept.get("at") or "", token.id


def _ready(run: Run, task: str, seed: str, service: bool) -> Token:
    """The token that waits under this name; TaskClosed when it was there once."""
    for flow in run.flows():
        for token in flow.open.values():
            if not token.task_spec.manual or rest.task_name(seed, token.id) != task:
                continue
            if isinstance(token.task_spec, ServiceTask) != service:
                raise UnknownTask(task=task)
            if token._state == TaskState.READY:
                return token
    if any(rest.task_name(seed, number) == task for number in range(1, run.number + 1)):
        raise TaskClosed(task=task, step=None, by=None, at=None)
    raise UnknownTask(task=task)


def _take_in(token: Token, answers: Mapping[str, Any]) -> None:
    """Answers become the token's own data, shared with nothing outside."""
    check_storable(token, answers)
    token.data = {**token.data, **deepcopy(dict(answers))}


def _where(token: Token | None) -> str | None:
    if token is None:
        return None
    name: str | None = token.task_spec.bpmn_id or token.task_spec.name
    return name
