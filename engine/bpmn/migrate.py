"""A run taken to another version of its procedure: judged first, then rewritten, never replayed.

What is judged is what changed for this run, not that something changed: labels, notes, lanes,
forms and whatever lies behind or beside it do it no harm.  Tokens keep their numbers, so tasks
keep their names, claims and drafts, and timers that run keep their instants.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.bpmn.specs import control
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import snapshot as rest
from engine.bpmn.marking import STRUCTURE, Place, TooMany, joins, markings, rests
from engine.bpmn.parse import Spec
from engine.bpmn.timers import SLOT, OurTimer
from engine.bpmn.token import OPEN
from engine.bpmn.tree import ONE_OF_MANY
from engine.errors import CannotMove

SPLIT = ".BoundaryEventSplit"
NUMBER, PARENT, NAME, STATE, INTERNAL = range(5)


@dataclass(frozen=True)
class Reason:
    """Why a run stays: a rule, and the element it is about."""

    rule: str
    element: str
    detail: str = ""


@dataclass(frozen=True)
class Verdict:
    """``mapped``: steps that are another one there (old → new); ``lost`` and ``gained``: border
    events that stop or begin to wait."""

    reasons: tuple[Reason, ...] = ()
    mapped: Mapping[str, str] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()

    @property
    def moves(self) -> bool:
        """Whether the run can go on there."""
        return not self.reasons


def judge(old: Spec, new: Spec, snapshot: bytes, mapping: Mapping[str, str]) -> Verdict:
    """Whether the run can go on in the new version, and if not, because of which elements."""
    return _Move(old, new, rest.read(snapshot), mapping).verdict()


def move(
    old: Spec, new: Spec, snapshot: bytes, mapping: Mapping[str, str], *, recompute: bool = False
) -> bytes:
    """The run at rest in the new version; raises CannotMove. recompute arms its timers anew."""
    moving = _Move(old, new, rest.read(snapshot), mapping)
    verdict = moving.verdict()
    if not verdict.moves:
        raise CannotMove(cause=verdict.reasons[0].rule, element=verdict.reasons[0].element)
    return rest.write(moving.rewritten(recompute))


class _Move:
    def __init__(
        self, old: Spec, new: Spec, state: dict[str, Any], mapping: Mapping[str, str]
    ) -> None:
        self.old, self.new, self.state = old, new, state
        self.mapping = {was: now for was, now in mapping.items() if was != now}
        self.mapped: dict[str, str] = {}
        self.lost: dict[str, None] = {}
        self.gained: dict[str, None] = {}

    def verdict(self) -> Verdict:
        reasons: list[Reason] = []
        for flow in self.state["flows"]:
            if self._where(flow) not in self.new.processes:
                reasons.append(Reason("scope", flow["spec"]))
                continue
            found = list(self._of_flow(flow))
            reasons += found or self._together(flow)
        kept = tuple(dict.fromkeys(reasons))
        return Verdict(kept, dict(self.mapped), tuple(self.lost), tuple(self.gained))

    # -- judging -----------------------------------------------------------------------------------

    def _where(self, flow: Mapping[str, Any]) -> str:
        """The specification of a flow in the new version: the main one may have been renamed."""
        name: str = flow["spec"]
        return self.new.main if name == self.old.main else name

    def _specs(self, flow: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        before = self.old.processes[flow["spec"]].task_specs
        return before, self.new.processes[self._where(flow)].task_specs

    def _of_flow(self, flow: Mapping[str, Any]) -> Iterator[Reason]:
        before, after = self._specs(flow)
        for row in flow["tasks"]:
            spec = before[row[NAME]]
            if not row[STATE] & OPEN or isinstance(spec, STRUCTURE) or spec.name == "End":
                continue
            name = self._renamed(row[NAME])
            if isinstance(spec, BoundaryEvent):
                yield from self._border(spec, after.get(name))
                continue
            there = after.get(name)
            shown = spec.bpmn_id or spec.name
            if there is None:
                yield Reason("gone", shown)
            elif not _alike(spec, there):
                yield Reason("kind", shown)
            elif not _same_event(spec, there):
                yield Reason("event", shown)
            elif isinstance(spec, LoopTask) and _repeats(spec) != _repeats(there):
                yield Reason("repeated", shown)
            else:
                self._note(spec, there, before, after)

    def _border(self, spec: Any, there: Any) -> Iterator[Reason]:
        """A border event that waits: gone, it stops waiting; another kind of it cannot go on."""
        if there is None or not isinstance(there, BoundaryEvent):
            self.lost[spec.bpmn_id or spec.name] = None
        elif not _same_event(spec, there):
            yield Reason("event", spec.bpmn_id or spec.name)

    def _note(self, spec: Any, there: Any, before: Any, after: Any) -> None:
        if spec.name != there.name:
            self.mapped[spec.bpmn_id or spec.name] = there.bpmn_id or there.name
        had = {event.name for event in _borders(spec)}
        for event in _borders(there):
            if self._back(event.name) not in had:
                self.gained[event.bpmn_id or event.name] = None

    def _together(self, flow: Mapping[str, Any]) -> list[Reason]:
        """Whether the new version knows a state with tokens at exactly these places."""
        process = self.new.processes[self._where(flow)]
        here = self._places(flow)
        if not here:
            return []
        try:
            if here in markings(process):
                return []
        except TooMany:
            return [Reason("complex", flow["spec"])]
        named = sorted(place if isinstance(place, str) else place[0] for place in here)
        shown = [getattr(process.task_specs[name], "bpmn_id", None) or name for name in named]
        return [Reason("together", shown[0], ", ".join(shown))]

    def _places(self, flow: Mapping[str, Any]) -> frozenset[Place]:
        before, _ = self._specs(flow)
        found: set[Place] = set()
        for row in flow["tasks"]:
            spec, state = before[row[NAME]], row[STATE]
            one_of_many = state & rest.TRIGGERED and spec.name.endswith(ONE_OF_MANY)
            if not state & OPEN or one_of_many:
                continue
            if joins(spec):
                via = (row[INTERNAL] or {}).get("via", "") if len(row) > INTERNAL else ""
                found.add((self._renamed(spec.name), self._renamed(via)))
            elif rests(spec):
                found.add(self._renamed(spec.name))
        return frozenset(found)

    # -- rewriting ---------------------------------------------------------------------------------

    def rewritten(self, recompute: bool) -> dict[str, Any]:
        """The state for the new version."""
        state = self.state
        for flow in state["flows"]:
            before, after = self._specs(flow)
            flow["tasks"] = self._rows(flow["tasks"], before, after)
            flow["spec"] = self._where(flow)
            if recompute:
                for row in flow["tasks"]:
                    _forget_instants(row)
        return state

    def _rows(self, rows: list[list[Any]], before: Any, after: Any) -> list[list[Any]]:
        kept = []
        for row in rows:
            spec = before[row[NAME]]
            there = after.get(self._renamed(row[NAME]))
            waits = row[STATE] & OPEN
            if isinstance(spec, BoundaryEvent) and waits and not isinstance(there, BoundaryEvent):
                continue
            # What is finished only tells branches apart: any element will do in its place.
            row[NAME] = there.name if there is not None else "Start"
            kept.append(row)
        for row in list(kept):
            if row[STATE] & OPEN and row[NAME] in after:
                self._hang(row, kept, after)
        return kept

    def _hang(self, row: list[Any], rows: list[list[Any]], after: Any) -> None:
        """Give an activity the fork and the border events that it has in the new version."""
        borders = _borders(after[row[NAME]])
        if not borders or row[STATE] & rest.TRIGGERED:
            return
        fork = next((one for one in rows if one[NUMBER] == row[PARENT]), None)
        if fork is None or fork[NAME] != row[NAME] + SPLIT:
            fork = [self._number(), row[PARENT], row[NAME] + SPLIT, int(TaskState.COMPLETED)]
            rows.insert(rows.index(row), fork)
            row[PARENT] = fork[NUMBER]
        there = {one[NAME] for one in rows if one[PARENT] == fork[NUMBER]}
        for event in borders:
            if event.name not in there:
                waiting = [self._number(), fork[NUMBER], event.name, int(TaskState.WAITING)]
                rows.insert(rows.index(row) + 1, waiting)

    def _number(self) -> int:
        self.state["number"] += 1
        return int(self.state["number"])

    def _renamed(self, name: str) -> str:
        for was, now in self.mapping.items():
            if name == was or name == was + SPLIT:
                return now + name[len(was) :]
        return name

    def _back(self, name: str) -> str:
        return next((was for was, now in self.mapping.items() if now == name), name)


def _borders(spec: Any) -> list[Any]:
    for split in spec.inputs:
        if isinstance(split, control.BoundaryEventSplit) and split.outputs[0] is spec:
            return list(split.outputs[1:])
    return []


def _alike(one: Any, other: Any) -> bool:
    """Whether a token at one can stand at the other."""
    people = bool(getattr(one, "manual", False)) and bool(getattr(other, "manual", False))
    services = "ServiceTask" in (type(one).__name__, type(other).__name__)
    if people and not services and not isinstance(one, (SubWorkflowTask, LoopTask)):
        return not isinstance(other, (SubWorkflowTask, LoopTask))
    if type(one).__name__ != type(other).__name__:
        return False
    return not isinstance(one, SubWorkflowTask) or bool(one.spec == other.spec)


def _same_event(one: Any, other: Any) -> bool:
    mine, others = getattr(one, "event_definition", None), getattr(other, "event_definition", None)
    if getattr(one, "cancel_activity", None) != getattr(other, "cancel_activity", None):
        return False
    return bool(_event(mine) == _event(others))


def _event(definition: Any) -> Any:
    """What makes an event another one: of timers only the kind, unless it repeats."""
    if definition is None:
        return None
    inner = getattr(definition, "event_definitions", None)
    if inner is not None:
        return [_event(one) for one in inner], getattr(definition, "parallel", False)
    kind = type(definition).__name__
    if isinstance(definition, OurTimer):
        repeats = kind.startswith("Cycle")
        return ("timer", definition.expression) if repeats else ("timer",)
    if kind.startswith("Conditional"):
        return (kind,)
    return kind, getattr(definition, "name", None), getattr(definition, "code", None)


def _repeats(spec: Any) -> Any:
    """How an activity repeats; None for one that does not."""
    if not isinstance(spec, LoopTask):
        return None
    told = [type(spec).__name__]
    for key in ("cardinality", "condition", "maximum", "test_before"):
        told.append(str(getattr(spec, key, None)))
    for key in ("data_input", "data_output", "input_item", "output_item"):
        told.append(str(getattr(getattr(spec, key, None), "bpmn_id", None)))
    return told


def _forget_instants(row: list[Any]) -> None:
    if row[STATE] & OPEN and len(row) > INTERNAL and row[INTERNAL]:
        row[INTERNAL] = {
            key: value for key, value in row[INTERNAL].items() if not key.startswith(SLOT)
        }
