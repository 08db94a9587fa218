"""A run's tokens in memory: SpiffWorkflow's task tree without its clock, ids and full walks.

SpiffWorkflow walks the whole tree for each question and predicts every future path.  Here each
workflow keeps an index of what is open, automatic steps queue up as they become ready, tokens are
numbered, state changes are not timed, and nothing is predicted: a token's children
are made when it runs.  So the cost of a step does not grow with what lies behind or ahead.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from SpiffWorkflow.bpmn.specs.mixins.events.end_event import EndEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.conditional import look_for_enough, spread_news
from engine.bpmn.redraw.beside import BODY
from engine.bpmn.redraw.undoing import handled
from engine.bpmn.token import FINISHED, Token
from engine.bpmn.vocabulary import INSERTED
from engine.errors import RunFailed

MAX_INSIDE = 500  # sub-processes open at once: a process that calls itself comes to an end
ONE_OF_MANY = " [child]"  # how SpiffWorkflow names the specification of a single instance


@dataclass(frozen=True)
class Notice:
    """Something seen on the way: an element passed, a timer fired, a signal, an uncaught error."""

    kind: Literal["passed", "timer", "signal", "uncaught"]
    name: str | None
    token: Token


class Flow:
    """What the main workflow and its sub-workflows have in common."""

    top_workflow: Run
    script_engine: Any
    tasks: dict[int, Token]
    open: dict[int, Token]
    task_tree: Token
    spec: Any
    data: dict[str, Any]
    completed: bool
    completed_event: Any
    parent_task_id: int | None
    correlations: dict[str, Any]
    last_task: Token | None

    @property
    def is_body(self) -> bool:
        """Whether this is a scope's body, with its event sub-processes on the border."""
        name: str = self.spec.name
        return name.startswith(BODY)

    def get_tasks_iterator(self, first_task: Token | None = None, **wanted: Any) -> Iterator[Token]:
        """The tokens of this workflow that have a state, a spec name or stand below another."""
        state = wanted.get("state", TaskState.ANY_MASK)
        name = wanted.get("spec_name")
        source: Iterable[Token]
        if first_task is not None:
            source = first_task
        elif state & FINISHED:
            source = list(self.tasks.values())
        else:
            source = list(self.open.values())
        for token in source:
            if token._state & state and (name is None or token.task_spec.name == name):
                yield token

    def update_waiting_tasks(self) -> None:
        """Look again at what the completion of another token may set free."""
        for token in list(self.open.values()):
            if token._state == TaskState.WAITING and _depends_on_others(token.task_spec):
                token.task_spec._update(token)

    def is_completed(self) -> bool:
        """Whether nothing is left to do."""
        return self.completed or not self.open

    def cancel(self, success: bool = False) -> list[Token]:
        """Take away every open token."""
        self.completed = True
        cancelled = list(self.open.values())
        for token in cancelled:
            token.cancel()
        return cancelled

    def _task_completed_notify(self, task: Token) -> None:
        self.last_task = task
        self.top_workflow.passed(task)
        spread_news(self.top_workflow, task)
        look_for_enough(self, task)
        if task.task_spec.name == "End":
            self._mark_complete(task)
        if self.completed:
            self.completed_event(self)
        else:
            self.update_waiting_tasks()

    def _mark_complete(self, task: Token) -> None:
        self.data.update(task.data)
        self.completed = True

    def _remove_task(self, task_id: int) -> None:
        token = self.tasks[task_id]
        for child in list(token._children):
            self._remove_task(child)
        parent = token.parent
        if parent is not None:
            parent._children.remove(task_id)
        del self.tasks[task_id]
        if self.open.pop(task_id, None) is not None:
            self.top_workflow.event_manager.remove_task(token)

    def plant(self) -> None:
        """Put the first token at the start."""
        self.task_tree = Token(self, self.spec.start, state=TaskState.FUTURE)
        self.task_tree._ready()


class Run(Flow, BpmnWorkflow):
    """The main workflow of a run, with its counters, its queue and what it has noticed."""

    def __init__(
        self, spec: Any, subprocess_specs: Mapping[str, Any], engine: Any, facts: Any
    ) -> None:
        self.open = {}
        self.number = 0
        self.facts = facts
        self.queue: deque[Token] = deque()
        self.urgent: deque[Token] = deque()
        self.current: Token | None = None
        self.noticed: list[Notice] = []
        self.ended_at: str | None = None
        self.begun_by: str | None = None
        self.beside: deque[tuple[Token, dict[str, Any]]] = deque()  # branches about to begin
        self.done: list[list[Any]] = []  # what may be undone: activity, workflows around it
        self.caught = False
        super().__init__(spec, subprocess_specs, engine, deserializing=True)
        self.undoable = _undoable(subprocess_specs)

    def next_number(self) -> int:
        """The number of a new token."""
        self.number += 1
        return self.number

    def enqueue(self, token: Token) -> None:
        """An automatic step became ready; a boundary event that fired goes before all others."""
        if isinstance(token.task_spec, BoundaryEvent):
            self.urgent.append(token)
        else:
            self.queue.append(token)

    def next_ready(self) -> Token | None:
        """The automatic step to run next; what became ready and was taken away is passed over."""
        while self.urgent or self.queue:
            token = (self.urgent or self.queue).popleft()
            there: bool = token.workflow.tasks.get(token.id) is token
            if there and token._state == TaskState.READY:
                return token
        return None

    def passed(self, token: Token) -> None:
        """Note the completion of a token; of many instances only the whole counts."""
        spec = token.task_spec
        if token.triggered and spec.name.endswith(ONE_OF_MANY):
            return
        self.noticed.append(Notice("passed", spec.bpmn_id, token))
        if spec.bpmn_id in self.undoable:
            around: list[int | None] = [token.workflow.parent_task_id]
            while around[-1] is not None:
                host = self.get_task_from_id(around[-1])
                around.append(host.workflow.parent_task_id)
            self.done.append([spec.bpmn_id, around])
        drawn = not (spec.bpmn_id or INSERTED).startswith(INSERTED)
        if isinstance(spec, EndEvent) and (drawn or self.ended_at is None):
            self.ended_at = spec.bpmn_id if self._outermost(token.workflow) else self.ended_at

    def take_done(self, activities: set[str], scope: int | None) -> str | None:
        """The activity completed last inside that workflow; it is not undone twice."""
        for place in range(len(self.done) - 1, -1, -1):
            name, around = self.done[place]
            if name in activities and scope in around:
                del self.done[place]
                return str(name)
        return None

    def _outermost(self, flow: Any) -> bool:
        """Whether an end there ends the run: its body and what replaces its body count."""
        if flow is self:
            return True
        host = self.get_task_from_id(flow.parent_task_id)
        inside = flow.is_body or any(_replaces_body(spec) for spec in host.task_spec.inputs)
        return bool(inside and self._outermost(host.workflow))

    def create_subprocess(self, my_task: Token, spec_name: str) -> SubRun:
        if len(self.subprocesses) >= MAX_INSIDE:
            spec = my_task.task_spec
            raise RunFailed(element=spec.bpmn_id, name=spec.bpmn_name or "", cause="cap", line=None)
        subprocess = SubRun(self.subprocess_specs[spec_name], my_task.id, self)
        self.subprocesses[my_task.id] = subprocess
        subprocess.plant()
        return subprocess

    def cancel(self, workflow: Any = None) -> list[Token]:
        return Flow.cancel(workflow or self)

    def flows(self) -> list[Flow]:
        """The main workflow and all sub-workflows that are still there."""
        return [self, *self.subprocesses.values()]

    def find(self, wanted: Callable[[Token], bool]) -> Token | None:
        """The first open token that is as wanted."""
        for flow in self.flows():
            for token in flow.open.values():
                if wanted(token):
                    return token
        return None

    def get_task_from_id(self, task_id: int) -> Token:
        for flow in self.flows():
            if task_id in flow.tasks:
                return flow.tasks[task_id]
        raise KeyError(task_id)


class SubRun(Flow, BpmnSubWorkflow):
    """The inside of a sub-process or call activity."""

    def __init__(self, spec: Any, parent_task_id: int, top_workflow: Run) -> None:
        self.open = {}
        self.host = parent_task_id
        super().__init__(spec, parent_task_id, top_workflow, deserializing=True)

    def _calculate_depth(self) -> int:
        return 0  # the library steps through workflows by depth; we have one queue for all

    @property
    def parent_workflow(self) -> Any:
        return self.top_workflow.get_task_from_id(self.host).workflow

    def get_task_from_id(self, task_id: int) -> Token | None:
        return self.tasks.get(task_id)


def _depends_on_others(spec: Any) -> bool:
    return isinstance(spec, Join)


def _undoable(specs: Mapping[str, Any]) -> frozenset[str]:
    """The activities of these processes that have a handler; looked for once."""
    found: set[str] = set()
    for spec in specs.values():
        known: frozenset[str] | None = spec.__dict__.get("_undoable")
        if known is None:
            names = {handled(one.documentation) for one in _drawn(spec)}
            known = frozenset(name for name in names if name is not None)
            spec._undoable = known
        found |= known
    return frozenset(found)


def _drawn(spec: Any) -> list[Any]:
    return [one for one in spec.task_specs.values() if hasattr(one, "documentation")]


def _replaces_body(event: Any) -> bool:
    """Whether it is a border event that ends a scope's body."""
    if not isinstance(event, BoundaryEvent) or not event.cancel_activity:
        return False
    return any(output.name.startswith(BODY) for split in event.inputs for output in split.outputs)
