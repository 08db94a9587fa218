"""What can be put into a run: each is one step of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Start:
    """Begin a run with this data; process defaults to the main one, event to the first start.

    correlation is that of the message it begins with.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    process: str | None = None
    event: str | None = None
    correlation: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Complete:
    """A person has done the step; the answers become data."""

    task: str
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """The operator of a service task has answered."""

    task: str
    result: Any = None


@dataclass(frozen=True)
class Fire:
    """Look at the timers: an instant has come."""


@dataclass(frozen=True)
class Throw:
    """A signal or message (``kind``; empty: either) of this name from outside the run."""

    name: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    kind: str = ""
    correlation: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Refresh:
    """The legal clock has changed: look at the timers again."""


@dataclass(frozen=True)
class Fail:
    """The operator of a service task could not do it: an error event may catch this."""

    task: str
    cause: str


@dataclass(frozen=True)
class Jump:
    """Put the token that waits at a step at another one; raises CannotJump."""

    step: str
    to: str


Input = Fail | Start | Complete | Answer | Fire | Throw | Refresh | Jump
