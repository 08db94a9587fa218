"""Diagrams in a few words, and a run of them to play with."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from engine.bpmn.parse import Spec, build
from engine.bpmn.runtime import (
    Answer,
    Complete,
    Facts,
    Fire,
    Input,
    Outcome,
    Refresh,
    Start,
    Throw,
    advance,
    final_data,
    open_data,
)
from engine.calendar import ZONE, Calendar
from engine.events import ElementPassed

MORNING = datetime(2025, 7, 1, 8, tzinfo=ZONE)
DAYS = Calendar()
HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' id="D" targetNamespace="http://motcua.example">'
)


def flows(text: str) -> str:
    """``A > B > C`` a line; ``A > B : x > 1`` with a condition; ``f1 = A > B`` with an id."""
    drawn = []
    for line in text.strip().splitlines():
        way, _, condition = line.strip().partition(" : ")
        name, _, way = way.rpartition(" = ")
        stops = [stop.strip() for stop in way.split(" > ")]
        for source, target in pairwise(stops):
            key = f' id="{name}"' if name else ""
            inside = condition.replace("&", "&amp;").replace("<", "&lt;")
            body = f"<bpmn:conditionExpression>{inside}</bpmn:conditionExpression>"
            drawn.append(
                f'<bpmn:sequenceFlow{key} sourceRef="{source}" targetRef="{target}">'
                f"{body if condition else ''}</bpmn:sequenceFlow>"
            )
    return "".join(drawn)


def el(kind: str, id: str, body: str = "", /, **attributes: str) -> str:
    """One element with an id."""
    more = "".join(f' {key.rstrip("_")}="{value}"' for key, value in attributes.items())
    return f'<bpmn:{kind} id="{id}"{more}>{body}</bpmn:{kind}>'


def user(*names: str) -> str:
    """User tasks."""
    return "".join(el("userTask", name, name=f"Step {name}") for name in names)


def script(name: str, text: str) -> str:
    """A script task."""
    return el("scriptTask", name, f"<bpmn:script><![CDATA[{text}]]></bpmn:script>")


def properties(**named: str) -> str:
    """Extension properties; two underscores stand for a dot."""
    rows = "".join(
        f'<spiffworkflow:property name="{key.replace("__", ".")}" value="{value}" />'
        for key, value in named.items()
    )
    return (
        "<bpmn:extensionElements><spiffworkflow:properties>"
        f"{rows}</spiffworkflow:properties></bpmn:extensionElements>"
    )


def timer(kind: str, text: str) -> str:
    """A timer definition."""
    return (
        f"<bpmn:timerEventDefinition><bpmn:{kind}>{text}</bpmn:{kind}></bpmn:timerEventDefinition>"
    )


def process(body: str, flow: str, name: str = "P") -> str:
    """A process."""
    return f'<bpmn:process id="{name}" isExecutable="true">{body}{flows(flow)}</bpmn:process>'


def file(*processes: str, outside: str = "") -> bytes:
    """A whole file."""
    xml = '<?xml version="1.0" encoding="UTF-8"?>' + HEAD + outside + "".join(processes)
    return (xml + "</bpmn:definitions>").encode()


def simple(body: str, flow: str, outside: str = "") -> bytes:
    """A file with one process P that begins at S and ends at E."""
    return file(process(el("startEvent", "S") + body + el("endEvent", "E"), flow), outside=outside)


def spec_of(*sources: bytes, main: str = "P", tables: dict[str, bytes] | None = None) -> Spec:
    """The specification of files."""
    files = {f"{number}.bpmn": source for number, source in enumerate(sources)}
    return build({**files, **(tables or {})}, "test", main)


class Play:
    """A run in the hands of a test; every step is played twice and must give the same bytes."""

    def __init__(self, spec: Spec | bytes, now: datetime = MORNING, seed: str = "run") -> None:
        self.spec = spec_of(spec) if isinstance(spec, bytes) else spec
        self.now = now
        self.due: datetime | None = None
        self.paused = False
        self.seed = seed
        self.outcome: Outcome | None = None
        self.path: list[str] = []
        self.events: list[Any] = []

    @property
    def last(self) -> Outcome:
        """What the last step left."""
        assert self.outcome is not None
        return self.outcome

    def do(self, input: Input) -> Play:
        """One step."""
        facts = Facts(self.now, DAYS, self.due, self.paused)
        before = self.outcome.snapshot if self.outcome else None
        self.outcome = advance(self.spec, before, input, facts, self.seed)
        again = advance(self.spec, before, input, facts, self.seed)
        assert again == self.outcome
        self.events += self.outcome.events
        self.path += [e.step for e in self.outcome.events if isinstance(e, ElementPassed)]
        return self

    def start(self, **data: Any) -> Play:
        """Begin."""
        return self.do(Start(data))

    def complete(self, step: str, **answers: Any) -> Play:
        """Do a person's step."""
        return self.do(Complete(self.task(step), answers))

    def answer(self, step: str, result: Any) -> Play:
        """Answer for a service."""
        return self.do(Answer(next(c.task for c in self.last.services if c.step == step), result))

    def fire(self, **later: float) -> Play:
        """Let time pass and look at the timers."""
        self.now += timedelta(**later)
        return self.do(Fire())

    def refresh(self) -> Play:
        """Tell the run that the legal clock has changed."""
        return self.do(Refresh())

    def throw(self, name: str, **payload: Any) -> Play:
        """A signal or message from outside."""
        return self.do(Throw(name, payload))

    def task(self, step: str) -> str:
        """The name of the task that waits at a step."""
        return next(task.id for task in self.last.tasks if task.step == step)

    @property
    def open(self) -> list[str]:
        """The steps that wait for people."""
        return sorted(task.step for task in self.last.tasks)

    @property
    def data(self) -> dict[str, Any]:
        """The data at the end, or of the first open task."""
        if self.last.finished:
            return final_data(self.last.snapshot)
        return self.data_at(self.last.tasks[0].step)

    def data_at(self, step: str) -> dict[str, Any]:
        """The data an open task sees."""
        return open_data(self.last.snapshot, self.task(step))
