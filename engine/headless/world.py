"""The dossiers that a played diagram opens, and what travels between them."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from engine import events
from engine.bpmn import iso
from engine.bpmn.beginnings import Beginning, beginnings, occurrences
from engine.bpmn.diagram import Diagram
from engine.bpmn.parse import Spec, build
from engine.bpmn.runtime import (
    Answer,
    Complete,
    Facts,
    Fire,
    Input,
    Outcome,
    Start,
    Throw,
    advance,
    final_data,
    open_data,
)
from engine.calendar import Calendar
from engine.errors import BadExpression, RunFailed
from engine.headless.story import Dossier, Passed, Story, Trouble

MOST_STEPS = 1_000  # a repeating timer or a signal that begins what throws it has no end


class World:
    """The dossiers under way and what lies between them."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        diagrams: Sequence[Diagram],
        now: datetime,
        until: datetime,
        calendar: Calendar,
    ) -> None:
        self.files, self.diagrams = files, diagrams
        self.now, self.until, self.calendar = now, until, calendar
        self.story = Story()
        self.specs: dict[str, Spec] = {}
        self.at_rest: dict[int, Outcome] = {}
        self.stuck: set[tuple[int, str]] = set()
        self.letters: list[Throw] = []  # messages nobody has waited for yet
        self.signals: deque[tuple[int, str]] = deque()  # sender and name, not told yet
        self.scheduled: list[tuple[datetime, int, str, str, Mapping[str, Any]]] = []
        self.beginnings = {
            scope.id: beginnings(diagram.root, scope)
            for diagram in diagrams
            for scope in diagram.processes()
        }
        self.numbers = 0
        self.steps = 0

    def open(
        self,
        process: str,
        data: Mapping[str, Any],
        event: str | None = None,
        correlation: Mapping[str, Any] | None = None,
    ) -> None:
        """Begin a dossier."""
        if process not in self.specs:
            self.specs[process] = build(self.files, f"headless:{process}", process)
        dossier = Dossier(len(self.story.dossiers) + 1, process)
        self.story.dossiers.append(dossier)
        self._step(dossier, Start(data, event=event, correlation=correlation or {}))

    def schedule(self, process: str, data: Mapping[str, Any]) -> None:
        """Let dossiers begin when the process's timers say so; once where they repeat for ever."""
        for one in self.beginnings[process]:
            if one.kind != "timer":
                continue
            begun = self.now - timedelta(microseconds=1)
            instants = occurrences(one, self.now, begun, self.until, self.calendar)
            endless = one.time == "timeCycle" and iso.looks_like_iso(one.name)
            endless = endless and iso.cycle(one.name).times is None
            try:
                for at in islice(instants, 1 if endless else MOST_STEPS):
                    self.scheduled.append((at, len(self.scheduled), process, one.element, data))
            except (BadExpression, ValueError, OverflowError) as failure:
                dossier = Dossier(len(self.story.dossiers) + 1, process)
                self.story.dossiers.append(dossier)
                cause = f"timer:{failure}"
                self.story.incidents.append(
                    Trouble(self._time(), dossier.number, one.element, "", cause)
                )
        self.scheduled.sort(key=lambda one: one[:2])

    def run(self) -> None:
        """Go on until nothing can happen any more before ``until``."""
        while self.steps < MOST_STEPS and (self._work() or self._wait()):
            pass
        self.story.capped = self.steps >= MOST_STEPS
        for dossier in self.story.dossiers:
            self._close(dossier)
        self.story.undelivered = [letter.name for letter in self.letters]

    def _work(self) -> bool:
        """Do one thing that needs no time: a service, a message, a person's step."""
        return self._shout() or self._serve() or self._post() or self._work_off()

    def _serve(self) -> bool:
        for number, rest in self.at_rest.items():
            for call in rest.services:
                if (number, call.task) not in self.stuck:
                    self._do(number, Answer(call.task, self._answer(call)), call.task)
                    return True
        return False

    def _post(self) -> bool:
        for letter in self.letters:
            if self._deliver(letter):
                self.letters.remove(letter)
                return True
        return False

    def _work_off(self) -> bool:
        for number, rest in self.at_rest.items():
            for task in rest.tasks:
                if (number, task.id) not in self.stuck:
                    self._do(number, Complete(task.id, {}), task.id)
                    return True
        return False

    def _wait(self) -> bool:
        """Let time pass to the next timer of any dossier."""
        due = [
            (timer.at, number)
            for number, rest in self.at_rest.items()
            for timer in rest.timers
            if timer.at is not None and (number, timer.token) not in self.stuck
        ]
        if self.scheduled and (not due or self.scheduled[0][0] <= min(due)[0]):
            at, _, process, element, data = self.scheduled.pop(0)
            self.now = max(self.now, at)
            self.open(process, data, element)
            return True
        if not due or min(due)[0] > self.until:
            return False
        at, number = min(due)
        self.now = max(self.now, at)
        fired = [t.token for t in self.at_rest[number].timers if t.at is not None and t.at <= at]
        self._do(number, Fire(), *fired)
        return True

    def _do(self, number: int, input: Input, *token: str) -> None:
        """One input; if it fails, whatever asked for it is not tried again."""
        if not self._step(self.story.dossiers[number - 1], input):
            self.stuck.update((number, name) for name in token)

    def _step(self, dossier: Dossier, input: Input) -> bool:
        self.steps += 1
        spec, number = self.specs[dossier.process], dossier.number
        before = self.at_rest[number].snapshot if number in self.at_rest else None
        facts = Facts(self.now, self.calendar, None, False)
        try:
            outcome = advance(spec, before, input, facts, f"{number}")
        except RunFailed as failure:
            told = failure.particulars
            step = spec.step(told.get("element"))  # type: ignore[arg-type]
            element = step.id if step else told.get("element")
            name = step.name if step else str(told.get("name") or "")
            cause = str(told.get("cause") or "")
            self.story.incidents.append(
                Trouble(self._time(), number, element, name, cause)  # type: ignore[arg-type]
            )
            return False
        self.at_rest[number] = outcome
        self._tell(spec, number, outcome)
        return True

    def _tell(self, spec: Spec, number: int, outcome: Outcome) -> None:
        for event in outcome.events:
            if isinstance(event, events.ElementPassed):
                step = spec.steps[event.step]
                passed = Passed(self._time(), number, step.id, step.name, step.kind)
                self.story.trace.append(passed)
        for event in outcome.events:
            if isinstance(event, events.MessageSent):
                self.letters.append(Throw(event.name, event.payload, "message", event.correlation))
            elif isinstance(event, events.SignalThrown):
                self.signals.append((number, event.name))

    def _shout(self) -> bool:
        """A signal reaches every other dossier, and opens those that begin with it."""
        if not self.signals:
            return False
        sender, name = self.signals.popleft()
        for number in list(self.at_rest):
            if number != sender:
                self._do(number, Throw(name, {}, "signal"))
        for process, start in self._starts("signal", name):
            self.open(process, {}, start.element)
        return True

    def _deliver(self, letter: Throw) -> bool:
        for number in list(self.at_rest):
            if self._step(self.story.dossiers[number - 1], letter) and self.at_rest[number].caught:
                return True
        for process, start in self._starts("message", letter.name):
            said = {start.variable: letter.payload} if start.variable else letter.payload
            self.open(process, said, start.element, letter.correlation)
            return True
        return False

    def _starts(self, kind: str, name: str) -> list[tuple[str, Beginning]]:
        """The start events that this message or signal lets begin."""
        return [
            (process, one)
            for process, known in self.beginnings.items()
            for one in known
            if one.kind == kind and one.name == name
        ]

    def _answer(self, call: Any) -> Any:
        """What the catalogue's services would say, near enough to go on."""
        if call.operator == "issue_slip":
            self.numbers += 1
            return {"slip": call.parameters.get("kind"), "number": f"{self.numbers}/mẫu"}
        if call.operator == "take_number":
            self.numbers += 1
            return {"number": self.numbers, "text": f"{self.numbers:02d}/{self.now:%Y}"}
        return None

    def _close(self, dossier: Dossier) -> None:
        rest = self.at_rest.get(dossier.number)
        stuck = {token for number, token in self.stuck if number == dossier.number}
        if rest is None:
            dossier.state = "stuck"
            return
        dossier.waiting = [waiting.step for waiting in rest.waiting]
        dossier.state = "finished" if rest.finished else "stuck" if stuck else "waiting"
        dossier.ended_at = rest.ended_at
        if rest.finished:
            dossier.data = final_data(rest.snapshot)
        elif rest.waiting:
            dossier.data = open_data(rest.snapshot, rest.waiting[0].token)

    def _time(self) -> str:
        return self.now.isoformat(timespec="seconds")
