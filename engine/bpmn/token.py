"""A token: SpiffWorkflow's task, numbered by its run instead of by the operating system."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

OPEN = TaskState.NOT_FINISHED_MASK
FINISHED = TaskState.FINISHED_MASK


class Token(Task):
    """A task of the tree, numbered by its run."""

    def __init__(
        self,
        workflow: Any,
        task_spec: Any,
        parent: Token | None = None,
        state: int = TaskState.MAYBE,
        id: int | None = None,
    ) -> None:
        # Not calling up: the library's own would ask the operating system for an id and the time.
        top = workflow.top_workflow
        self.id = top.next_number() if id is None else id
        self.workflow = workflow
        self.task_spec = task_spec
        self._parent = parent.id if parent is not None else None
        self._children: list[int] = []
        self._state = state
        self.triggered = False
        self.inherited = False
        self.thread_id = 0
        self.data: dict[str, Any] = {}
        self.internal_data: dict[str, Any] = {}
        self.last_state_change = 0  # the run's order is that of the numbers
        workflow.tasks[self.id] = self
        if state & OPEN:
            workflow.open[self.id] = self
        if parent is not None:
            parent._children.append(self.id)

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> Token:
        child = Token(self.workflow, task_spec, self, state)
        if state == TaskState.READY:
            child._ready()
        return child

    def _set_state(self, value: int) -> None:
        if value == self._state:
            return
        self._state = value
        flow = self.workflow
        if value & OPEN:
            flow.open[self.id] = self
            if value == TaskState.READY and not self.task_spec.manual:
                flow.top_workflow.enqueue(self)
        else:
            flow.open.pop(self.id, None)

    def _inherit_data(self) -> None:
        # Values are shared and never changed in place: a change puts a new one in its stead.
        # Once only: later the parent may have been folded away and an elder stand in its place.
        parent = self.parent
        if parent is not None and not self.inherited:
            self.data = {**self.data, **parent.data}
        self.inherited = True

    def ancestors(self) -> Iterator[Token]:
        """The tokens this one came from, nearest first."""
        tasks = self.workflow.tasks
        number = self._parent
        while number is not None:
            token = tasks[number]
            yield token
            number = token._parent

    def is_descendant_of(self, task: Task) -> bool:
        return any(token is task for token in self.ancestors())

    def find_ancestor(self, spec_name: str) -> Token | None:
        return next((t for t in self.ancestors() if t.task_spec.name == spec_name), None)

    def __iter__(self) -> Iterator[Token]:
        tasks = self.workflow.tasks
        rest = [self.id]
        while rest:
            token = tasks[rest.pop()]
            yield token
            rest.extend(reversed(token._children))

    def cancel(self) -> None:
        # An event beside an activity goes alone: the branches it has begun are their own.
        alone = isinstance(self.task_spec, BoundaryEvent)
        for token in [self] if alone else reversed(list(self)):  # the inside before the whole
            if token._state & OPEN:
                token._set_state(TaskState.CANCELLED)
                token.task_spec._on_cancel(token)

    def _drop_children(self, force: bool = False) -> None:
        rest = self.children
        while rest:
            child = rest.pop()
            if force or child._state & OPEN:
                self.workflow._remove_task(child.id)
            else:
                rest.extend(child.children)


def same(one: Any, other: Any) -> bool:
    """Whether two values are certainly the same, types included (1 is not True)."""
    if one is other:
        return True
    if type(one) is not type(other) or isinstance(one, (dict, list, tuple)):
        return False
    return bool(one == other)
