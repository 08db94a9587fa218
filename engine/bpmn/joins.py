"""Joins that lose nothing: tokens are counted per flow, and branches are merged three ways.

SpiffWorkflow lets the branch that arrives last overwrite what another branch has changed.  Here
each arrival waits with the data it brought; when the gateway fires, what every branch changed since
the fork is applied to the fork's data in the order of arrival.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.redraw.gateways import enough
from engine.bpmn.redraw.quantities import collected
from engine.bpmn.token import Token, same

SPENT = "spent"  # a complex gateway has gone on: the flows that brought its tokens


class Merging:
    """The way of a join: wait, and fire with everything that the branches brought."""

    name: str
    inputs: list[Any]
    outputs: list[Any]

    def _update_hook(self, my_task: Token) -> bool:
        if "via" not in my_task.internal_data:
            parent = my_task.parent
            my_task._inherit_data()
            my_task.internal_data["via"] = parent.task_spec.name if parent else ""
        my_task._set_state(TaskState.WAITING)
        chosen = self._complete_set(my_task)
        if chosen is None:
            return False
        others = [token for token in chosen if token is not my_task]
        my_task.data = merged([*others, my_task])
        for token in others:
            token._set_state(TaskState.CANCELLED)
        return True

    def _arrivals(self, my_task: Token) -> list[Token]:
        """Everything that waits at this join, oldest first."""
        waiting = [
            token
            for token in my_task.workflow.open.values()
            if token.task_spec is self and token._state == TaskState.WAITING
        ]
        return sorted(waiting, key=lambda token: token.id)

    def _complete_set(self, my_task: Token) -> list[Token] | None:
        raise NotImplementedError


class AllFlows(Merging):
    """A parallel gateway: one token from each incoming flow; more of them wait their turn."""

    def _complete_set(self, my_task: Token) -> list[Token] | None:
        number = collected(self.name)
        if number is not None:
            others = [token for token in self._arrivals(my_task) if token is not my_task]
            return None if len(others) < number - 1 else [*others[: number - 1], my_task]
        wanted = {spec.name for spec in self.inputs}
        chosen: dict[str, Token] = {my_task.internal_data["via"]: my_task}
        for token in self._arrivals(my_task):
            chosen.setdefault(token.internal_data["via"], token)
        if wanted - chosen.keys():
            return None
        return sorted(chosen.values(), key=lambda token: token.id)

    def _run_hook(self, my_task: Token) -> bool:
        return True


class ReachableFlows(Merging):
    """An inclusive gateway: fires when no other token can still reach one of its empty flows."""

    documentation: str | None

    def _update_hook(self, my_task: Token) -> bool:
        condition = enough(self.documentation)
        if condition is None:
            return super()._update_hook(my_task)
        return self._enough(my_task, condition)

    def _complete_set(self, my_task: Token) -> list[Token] | None:
        chosen: dict[str, Token] = {my_task.internal_data["via"]: my_task}
        for token in self._arrivals(my_task):
            chosen.setdefault(token.internal_data["via"], token)
        if self._more_to_come(my_task, set(chosen)):
            return None
        return sorted(chosen.values(), key=lambda token: token.id)

    def _more_to_come(self, my_task: Token, there: set[str]) -> bool:
        """Whether a token elsewhere can still reach a flow that has brought none."""
        filled: set[str] = set()
        empty: set[str] = set()
        for spec in self.inputs:
            (filled if spec.name in there else empty).update(self._leading_to(spec))
        for token in my_task.workflow.open.values():
            name = token.task_spec.name
            if token.task_spec is not self and name in empty and name not in filled:
                return True
        return False

    def _enough(self, my_task: Token, condition: str) -> bool:
        """A complex gateway: goes on once the condition holds, and swallows what comes after.

        It begins anew when no token can reach one of the flows that have brought none.
        """
        arrivals = [token for token in self._arrivals(my_task) if token is not my_task]
        spent = next((t for t in arrivals if SPENT in t.internal_data), None)
        if SPENT in my_task.internal_data:
            spent = my_task
        elif "via" not in my_task.internal_data:
            parent = my_task.parent
            my_task._inherit_data()
            my_task.internal_data["via"] = parent.task_spec.name if parent else ""
            my_task._set_state(TaskState.WAITING)
        everything = {*arrivals, my_task}
        if spent is not None:
            later = {t.internal_data["via"] for t in everything if "via" in t.internal_data}
            if not self._more_to_come(my_task, later | set(spent.internal_data[SPENT])):
                for token in everything:
                    token._set_state(TaskState.CANCELLED)
                my_task.workflow.update_waiting_tasks()
            return False
        come = [token.internal_data["via"] for token in everything]
        counts = {f"{spec.name}": come.count(spec.name) for spec in self.inputs}
        names = {**merged(list(everything)), **counts, "activationCount": len(set(come))}
        if not my_task.workflow.script_engine.evaluate(names, condition):
            return False
        my_task.data = merged([*arrivals, my_task])
        for token in arrivals:
            token._set_state(TaskState.CANCELLED)
        rest = Token(my_task.workflow, self, my_task.parent, TaskState.WAITING)
        rest.inherited = True
        rest.internal_data[SPENT] = sorted(set(come))
        return True

    def _leading_to(self, source: Any) -> frozenset[str]:
        """The names of all specs from which a token can come to a source of this gateway."""
        known: dict[str, frozenset[str]] = self.__dict__.setdefault("_known_paths", {})
        if source.name not in known:
            found = {source.name}
            rest = [source]
            while rest:
                for spec in rest.pop().inputs:
                    if spec is not self and spec.name not in found:
                        found.add(spec.name)
                        rest.append(spec)
            known[source.name] = frozenset(found)
        return known[source.name]


class LastOfAll(Merging):
    """The end of a workflow: waits until nothing else is open, then keeps what all ends brought."""

    def _complete_set(self, my_task: Token) -> list[Token] | None:
        for token in my_task.workflow.open.values():
            if token.task_spec is not self:
                return None
        return self._arrivals(my_task)

    def _run_hook(self, my_task: Token) -> bool:
        my_task.workflow.data.update(my_task.data)
        return True


def merged(arrivals: list[Token]) -> dict[str, Any]:
    """The data of a fork with what each branch changed, in the order of arrival."""
    if len(arrivals) == 1:
        return arrivals[0].data
    base = _fork(arrivals).data
    result = dict(base)
    for token in sorted(arrivals, key=lambda token: token.id):
        result = _applied(base, token.data, result)
    return result


def _fork(arrivals: Iterable[Token]) -> Token:
    """The nearest token that all arrivals came from."""
    common: list[Token] = []
    for token in arrivals:
        line = list(token.ancestors())
        if not common:
            common = line
        else:
            numbers = {ancestor.id for ancestor in line}
            common = [ancestor for ancestor in common if ancestor.id in numbers]
    return common[0]


def _applied(
    base: Mapping[str, Any], branch: Mapping[str, Any], result: dict[str, Any]
) -> dict[str, Any]:
    """Put onto the result what the branch changed; inside objects too, lists as a whole."""
    for key, value in branch.items():
        old = base.get(key)
        if key in base and same(old, value):
            continue
        now = result.get(key)
        if isinstance(value, dict) and isinstance(now, dict):
            before = old if isinstance(old, dict) else {}
            result[key] = _applied(before, value, dict(now))
        else:
            result[key] = value
    for key in base:
        if key not in branch:
            result.pop(key, None)
    return result
