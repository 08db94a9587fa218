"""The classes that drawn elements become at run time: SpiffWorkflow's, made lean and made right.

A specification is parsed into SpiffWorkflow's own classes, written by its serializer and read back
into these: same names, same attributes, another behaviour.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.specs import control, defaults
from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.spiff.specs import defaults as spiff
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.joins import AllFlows, LastOfAll, ReachableFlows
from engine.bpmn.redraw.starts import CHOOSE
from engine.bpmn.redraw.undoing import UNDO, UPWARDS, handled
from engine.bpmn.token import Token
from engine.errors import RunFailed

COUNTER = "loopCounter"  # how the standard calls the number of an instance


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


class _Copying(Lean, LoopTask):
    """Multi-instance and loops of the library change collections in place: give them their own."""

    def merge_child(self, workflow: Any, child: Token) -> None:
        """Merge the result of an instance into the whole."""
        whole = child.parent
        if whole is None or not whole._state & TaskState.NOT_FINISHED_MASK:
            return
        whole.data = deepcopy(whole.data)
        if getattr(self, "output_item", None) is None:
            own = getattr(self, "input_item", None)
            if own is not None:
                child.data = {k: v for k, v in child.data.items() if k != own.bpmn_id}
        child.data = {k: v for k, v in child.data.items() if k != COUNTER}
        super().merge_child(workflow, child)

    def init_data_output_with_cardinality(self, my_task: Token) -> None:
        """Begin with an empty list unless the output is there."""
        if not self.data_output.exists(my_task):
            self.data_output.set(my_task, [])


class _Many(_Copying):
    """Several instances: each knows its number, the condition knows how many are done."""

    def create_child(self, my_task: Token, item: Any, key_or_index: Any = None) -> None:
        """One more instance; what an earlier one has left under the item's name is set aside."""
        specs = my_task.workflow.spec.task_specs
        one = specs[self.task_spec]
        if not one.completed_event.is_connected(self.merge_child):
            one.completed_event.connect(self.merge_child)
        child = my_task._add_child(one, TaskState.WAITING)
        child.triggered = True
        child.data = {COUNTER: sum(1 for _ in self._instances(my_task)) - 1}
        if self.input_item is not None:
            child.data = {**my_task.data, **child.data}
            child.inherited = True
            self.input_item.set(child, deepcopy(item))
        if key_or_index is not None:
            child.internal_data["key_or_index"] = key_or_index
        else:
            child.internal_data["item"] = item
        child.task_spec._update(child)

    def check_completion_condition(self, my_task: Token) -> bool:
        """Whether enough instances are done."""
        done = my_task.internal_data.get("merged", [])
        if not done or self.condition is None:
            return False
        last = next(child for child in my_task.children if str(child.id) == done[-1])
        there = list(self._instances(my_task))
        ahead = len(my_task.internal_data.get("remaining", ()))
        ahead += my_task.internal_data.get("cardinality", 0) - my_task.internal_data.get(
            "current", 0
        )
        total, ready = len(there) + ahead, len(done)
        active = sum(1 for child in there if child._state & TaskState.NOT_FINISHED_MASK)
        counts: dict[str, Any] = {}
        for prefix in ("nrOf", "numberOf"):  # as some engines call them, and as the standard does
            counts |= {
                f"{prefix}Instances": total,
                f"{prefix}CompletedInstances": ready,
                f"{prefix}ActiveInstances": active,
                f"{prefix}TerminatedInstances": 0,
            }
        names = {**my_task.data, **last.data, **counts}
        language = my_task.workflow.script_engine
        return bool(language.evaluate(names, self.condition))


class StandardLoopTask(_Copying, spiff.StandardLoopTask):
    """Repeats while its condition holds."""


class ParallelMultiInstanceTask(_Many, spiff.ParallelMultiInstanceTask):
    """All instances at once."""


class SequentialMultiInstanceTask(_Many, spiff.SequentialMultiInstanceTask):
    """One instance after the other."""


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
        StandardLoopTask,
        ParallelMultiInstanceTask,
        SequentialMultiInstanceTask,
    )
}


def lean(cls: type) -> type:
    """Our class for one of SpiffWorkflow's, or one made lean on the spot."""
    if cls.__name__ not in OWN:
        OWN[cls.__name__] = type(cls.__name__, (Lean, cls), {"__module__": __name__})
    return OWN[cls.__name__]
