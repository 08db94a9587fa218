"""Activities that are done several times: loops and multi-instance."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.spiff.specs import defaults as spiff
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.catching import throw_beside
from engine.bpmn.elements import OWN, Lean
from engine.bpmn.redraw.behaviours import Behaviour, behaving
from engine.bpmn.token import Token

COUNTER = "loopCounter"  # how the standard calls the number of an instance


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

    def merge_child(self, workflow: Any, child: Token) -> None:
        """Merge the result of an instance, and throw what the activity throws then."""
        whole = child.parent
        if whole is None or not whole._state & TaskState.NOT_FINISHED_MASK:
            return
        super().merge_child(workflow, child)
        for one in behaving(child.task_spec.documentation):
            if self._throws(one, whole):
                throw_beside(whole, one)

    def _throws(self, one: Behaviour, whole: Token) -> bool:
        done = whole.internal_data.get("merged", [])
        if one.when == "if":
            names = {**self._known(whole), **self._counts(whole)}
            return bool(whole.workflow.script_engine.evaluate(names, one.condition))
        return one.when == "each" or len(done) == 1

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
        names = {**self._known(my_task), **self._counts(my_task)}
        language = my_task.workflow.script_engine
        return bool(language.evaluate(names, self.condition))

    def _known(self, my_task: Token) -> dict[str, Any]:
        """What the whole knows and what the instance completed last has left."""
        done = my_task.internal_data.get("merged", [])
        last = next(child for child in my_task.children if str(child.id) == done[-1])
        return {**my_task.data, **last.data}

    def _counts(self, my_task: Token) -> dict[str, Any]:
        """How many instances there are, are done, are under way."""
        done = my_task.internal_data.get("merged", [])
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
        return counts


class StandardLoopTask(_Copying, spiff.StandardLoopTask):
    """Repeats while its condition holds."""


class ParallelMultiInstanceTask(_Many, spiff.ParallelMultiInstanceTask):
    """All instances at once."""


class SequentialMultiInstanceTask(_Many, spiff.SequentialMultiInstanceTask):
    """One instance after the other."""


OWN.update(
    StandardLoopTask=StandardLoopTask,
    ParallelMultiInstanceTask=ParallelMultiInstanceTask,
    SequentialMultiInstanceTask=SequentialMultiInstanceTask,
)
