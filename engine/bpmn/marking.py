"""Where the tokens of a scope can be together: every set of resting places a diagram allows.

A dossier may go on in another version only from places that version could have brought it to.
Data are not looked at: every way out of a choice counts.  A place is an activity or event that
waits, or a flow into a join.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

from SpiffWorkflow.bpmn.specs import control, defaults
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask

Place = str | tuple[str, str]  # a name; (join, name the token came from)
Places = frozenset[Place]
MOST_STATES = 5_000
MOST_WAYS = 6  # out of an inclusive gateway: 63 subsets
SPLITS = (defaults.ParallelGateway, defaults.InclusiveGateway)
STRUCTURE = (control.BoundaryEventJoin, control._EndJoin)


class TooMany(Exception):
    """More states than anybody could look at."""


def rests(spec: Any) -> bool:
    """Whether a token stays at the spec until something happens."""
    if isinstance(spec, (SubWorkflowTask, LoopTask, defaults.EventBasedGateway)):
        return True
    if isinstance(spec, (BoundaryEvent, defaults.StartEvent)):
        return False
    return bool(getattr(spec, "manual", False)) or isinstance(spec, CatchingEvent)


def joins(spec: Any) -> bool:
    """Whether tokens wait at the spec for one another."""
    return isinstance(spec, SPLITS) and len(spec.inputs) > 1


def markings(process: Any) -> frozenset[Places]:
    """Every set of places that tokens of the scope can be at; raises TooMany. Kept with it."""
    known: frozenset[Places] | None = process.__dict__.get("_markings")
    if known is None:
        known = frozenset(_explore(process))
        process._markings = known
    return known


def _explore(process: Any) -> set[Places]:
    space = _Space(process)
    seen = set(space.enter(process.start, ""))
    rest = deque(seen)
    while rest:
        for following in space.after(rest.popleft()):
            if following not in seen:
                if len(seen) >= MOST_STATES:
                    raise TooMany
                seen.add(following)
                rest.append(following)
    return seen


class _Space:
    def __init__(self, process: Any) -> None:
        self.specs = process.task_specs
        self.reach: dict[str, frozenset[str]] = {}

    def enter(self, spec: Any, via: str, behind: frozenset[str] = frozenset()) -> list[Places]:
        """The sets of places a token comes to that arrives at the spec."""
        if isinstance(spec, STRUCTURE) or spec.name == "End":
            return [frozenset()]
        if joins(spec):
            return [frozenset({(spec.name, via)})]
        if rests(spec):
            return [frozenset({spec.name})]
        if spec.name in behind:
            return []  # a ring of choices: some other way leads out of it
        return self.leave(spec, behind | {spec.name})

    def leave(self, spec: Any, behind: frozenset[str] = frozenset()) -> list[Places]:
        """The sets of places behind a spec that is done."""
        if isinstance(spec, control.BoundaryEventSplit):
            return self.enter(spec.outputs[0], spec.name, behind)
        outputs = [one for one in spec.outputs if not isinstance(one, control.BoundaryEventJoin)]
        if not outputs:
            return [frozenset()]
        if isinstance(spec, defaults.EventBasedGateway):  # the event chosen has happened by then
            return [places for one in outputs for places in self.leave(one, behind)]
        ways = [self.enter(one, spec.name, behind) for one in outputs]
        if isinstance(spec, defaults.ExclusiveGateway):
            return [places for way in ways for places in way]
        if isinstance(spec, defaults.InclusiveGateway):
            if len(ways) > MOST_WAYS:
                raise TooMany
            chosen = [
                some for count in range(1, len(ways) + 1) for some in combinations(ways, count)
            ]
        else:
            chosen = [tuple(ways)]
        return [frozenset().union(*parts) for some in chosen for parts in product(*some)]

    def after(self, state: Places) -> Iterator[Places]:
        """Every state one step later."""
        for place in state:
            if isinstance(place, str):
                spec = self.specs[place]
                for places in self.leave(spec):
                    yield state - {place} | places
                yield from self._events(state, place, spec)
        for name in {place[0] for place in state if not isinstance(place, str)}:
            yield from self._fire(state, name)

    def _events(self, state: Places, place: Place, spec: Any) -> Iterator[Places]:
        for split in spec.inputs:
            if not isinstance(split, control.BoundaryEventSplit):
                continue
            for event in split.outputs[1:]:
                for places in self.leave(event):
                    gone = {place} if event.cancel_activity else frozenset()
                    yield state - gone | places

    def _fire(self, state: Places, name: str) -> Iterator[Places]:
        spec = self.specs[name]
        here = {place for place in state if place[0] == name and not isinstance(place, str)}
        if isinstance(spec, defaults.ParallelGateway):
            if {via for _, via in here} != {one.name for one in spec.inputs}:
                return
        elif any(name in self._reachable(place) for place in state - here):
            return
        for places in self.leave(spec):
            yield state - here | places

    def _reachable(self, place: Place) -> frozenset[str]:
        """The names that a token at the place can still come to."""
        name = place if isinstance(place, str) else place[0]
        if name not in self.reach:
            found: set[str] = set()
            rest = [self.specs[name]]
            while rest:
                spec = rest.pop()
                beside = [s for s in spec.inputs if isinstance(s, control.BoundaryEventSplit)]
                for following in [*spec.outputs, *(e for s in beside for e in s.outputs[1:])]:
                    if following.name not in found:
                        found.add(following.name)
                        rest.append(following)
            self.reach[name] = frozenset(found)
        return self.reach[name]
