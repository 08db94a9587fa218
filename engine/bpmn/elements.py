"""The classes that drawn elements become at run time: SpiffWorkflow's, made lean and made right.

A specification is parsed into SpiffWorkflow's own classes, written by its serializer and read back
into these: same names, same attributes, another behaviour.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.specs import control, defaults
from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.spiff.specs import defaults as spiff
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.joins import AllFlows, LastOfAll, ReachableFlows
from engine.bpmn.redraw.starts import CHOOSE
from engine.bpmn.redraw.undoing import UNDO, UPWARDS, handled
from engine.bpmn.token import Token
from engine.errors import RunFailed


class Lean(TaskSpec):
    """Predict nothing: children are made when the token runs."""

    def _predict(
        self, my_task: Token, seen: Any = None, looked_ahead: int = 0, mask: int = 0
    ) -> None:
        """A future that may not come is not drawn up."""

    def _run(self, my_task: Token) -> bool | None:
        if not isinstance(self, MultiChoice):  # a choice makes its children by itself
            self._predict_hook(my_task)
        result: bool | None = super()._run(my_task)
        return result

    def _on_ready(self, my_task: Token) -> None:
        self._on_ready_hook(my_task)


class ParallelGateway(AllFlows, Lean, defaults.ParallelGateway):
    """Splits into all flows, joins one token from each."""


class InclusiveGateway(ReachableFlows, Lean, defaults.InclusiveGateway):
    """Splits into all flows whose condition holds, joins whatever can still come."""

    def _run_hook(self, my_task: Token) -> bool:
        matches, otherwise = self._get_matching_outputs(my_task)
        if not matches and not otherwise:
            raise _no_way(self)
        my_task._sync_children(matches or otherwise, TaskState.FUTURE)
        return True


class ExclusiveGateway(Lean, defaults.ExclusiveGateway):
    """Takes the first flow whose condition holds, in the order of the file, else the default."""

    def _run_hook(self, my_task: Token) -> bool:
        output = self.default_task_spec
        chosen = None
        if self.name.startswith(CHOOSE):
            chosen = my_task.workflow.top_workflow.begun_by
        elif self.name.startswith(UNDO):
            chosen = self._to_undo(my_task) or ""
        for condition, name in self.cond_task_specs:
            if chosen is not None:
                output = name if name == chosen else output
                continue
            if condition is not None and condition._matches(my_task):
                output = name
                break
        if output is None:
            raise _no_way(self)
        my_task._sync_children([my_task.workflow.spec.task_specs[output]], TaskState.FUTURE)
        return True

    def _to_undo(self, my_task: Token) -> str | None:
        """The handler of what was completed last and is not undone yet."""
        specs = my_task.workflow.spec.task_specs
        ways = {}
        for _, name in self.cond_task_specs:
            activity = handled(_first_of(specs[name]).documentation)
            if activity is not None:
                ways[activity] = name
        flow = my_task.workflow
        if self.name.startswith(UPWARDS) and flow.parent_task_id is not None:
            flow = flow.parent_workflow
        done = my_task.workflow.top_workflow.take_done(set(ways), flow.parent_task_id)
        return None if done is None else ways[done]


class EndEvent(Lean, defaults.EndEvent):
    """Ends its token; one that terminates ends the whole scope, event sub-processes included."""

    def _on_complete_hook(self, my_task: Token) -> None:
        super()._on_complete_hook(my_task)
        flow = my_task.workflow
        if isinstance(self.event_definition, TerminateEventDefinition) and flow.is_body:
            host = flow.top_workflow.get_task_from_id(flow.parent_task_id)
            for token in list(host.workflow.open.values()):
                if token is not host and token.task_spec.name != "End":
                    token.cancel()


class _EndJoin(LastOfAll, Lean, control._EndJoin):
    """The last of a workflow."""


class BoundaryEventJoin(Lean, control.BoundaryEventJoin):
    """Where an activity and its boundary events meet; only they are looked at."""

    def _find_tasks(self, my_task: Token) -> list[Token]:
        split = my_task.find_ancestor(self.split_task)
        branches = split.children if split else []
        return [t for branch in branches for t in branch.children if t.task_spec is self]


class ServiceTask(Lean, spiff.ServiceTask):
    """Waits, like a person's step, until the answer of its operator is there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.manual = True

    def parameters(self, my_task: Token) -> dict[str, Any]:
        """What the operator is asked with, evaluated on the token's data."""
        language = my_task.workflow.script_engine
        asked = {}
        for name, given in self.operation_params.items():
            asked[name] = deepcopy(language.evaluate(my_task, given["value"]))
        return asked

    def _execute(self, my_task: Token) -> bool:
        return True  # the answer is already in the data


class ScriptTask(Lean, spiff.ScriptTask):
    """Runs its script in the safe language."""


class BusinessRuleTask(Lean, spiff.BusinessRuleTask):
    """Asks a decision table and keeps its outputs."""

    def _run_hook(self, my_task: Token) -> bool:
        my_task.data = deepcopy(my_task.data)  # the library merges outputs in place
        try:
            result: bool = super()._run_hook(my_task)
        except RunFailed:
            raise
        except Exception as error:
            raise _table_failed(self, error) from error
        return result


def _first_of(spec: Any) -> Any:
    """The drawn activity behind a split for its border events or a loop around it."""
    if spec.name.endswith(".BoundaryEventSplit"):
        return spec.outputs[0]
    return spec


def _no_way(spec: Any) -> RunFailed:
    return RunFailed(
        element=spec.bpmn_id or spec.name, name=spec.bpmn_name or "", cause="no_way", line=None
    )


def _table_failed(spec: Any, error: Exception) -> RunFailed:
    return RunFailed(
        element=spec.bpmn_id, name=spec.bpmn_name or "", cause=f"table:{error}", line=None
    )


OWN: dict[str, type] = {
    cls.__name__: cls
    for cls in (
        ParallelGateway,
        InclusiveGateway,
        ExclusiveGateway,
        EndEvent,
        _EndJoin,
        BoundaryEventJoin,
        ServiceTask,
        ScriptTask,
        BusinessRuleTask,
    )
}


def lean(cls: type) -> type:
    """Our class for one of SpiffWorkflow's, or one made lean on the spot."""
    if cls.__name__ not in OWN:
        OWN[cls.__name__] = type(cls.__name__, (Lean, cls), {"__module__": __name__})
    return OWN[cls.__name__]
