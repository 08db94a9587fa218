"""What has happened to a run, in the past tense: the difference between two snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Event:
    """Something that happened in a run."""


@dataclass(frozen=True)
class RunStarted(Event):
    """A run of the process began."""

    process: str


@dataclass(frozen=True)
class TaskOpened(Event):
    """A step now waits for a person."""

    task: str
    step: str


@dataclass(frozen=True)
class TaskCompleted(Event):
    """A person finished the step."""

    task: str
    step: str


@dataclass(frozen=True)
class TaskWithdrawn(Event):
    """The step no longer waits: a timer, a message or the end of the run took it away."""

    task: str
    step: str


@dataclass(frozen=True)
class ElementPassed(Event):
    """A drawn flow node was completed; they come in the order of completion."""

    step: str


@dataclass(frozen=True)
class ServiceAsked(Event):
    """A service task now waits for the answer of its operator."""

    task: str
    step: str
    operator: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TimerFired(Event):
    """The instant of a timer event came."""

    step: str


@dataclass(frozen=True)
class SignalThrown(Event):
    """The diagram threw a signal; whoever listens in the same run has already caught it."""

    name: str


@dataclass(frozen=True)
class MessageSent(Event):
    """The diagram sent a message that nobody in the same run waited for."""

    name: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    correlation: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RunFinished(Event):
    """The run ended; step is the end event reached last, if one was drawn."""

    step: str | None
