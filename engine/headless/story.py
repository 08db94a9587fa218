"""What happened while a diagram was played by itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from engine.bpmn.finding import Finding


@dataclass(frozen=True)
class Passed:
    """An element that a token has left."""

    at: str
    dossier: int
    element: str
    name: str
    kind: str


@dataclass(frozen=True)
class Trouble:
    """A run that could not go on."""

    at: str
    dossier: int
    element: str | None
    name: str
    cause: str


@dataclass
class Dossier:
    """One run: how it ended, what it still waits for, and its data."""

    number: int
    process: str
    state: str = "running"  # running | finished | waiting | stuck
    ended_at: str | None = None
    waiting: list[str] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class Story:
    """What happened; ``undelivered`` are messages that nobody ever waited for.

    ``capped``: there was more to come, but nobody would read it.
    """

    trace: list[Passed] = field(default_factory=list)
    incidents: list[Trouble] = field(default_factory=list)
    dossiers: list[Dossier] = field(default_factory=list)
    undelivered: list[str] = field(default_factory=list)
    capped: bool = False
    findings: tuple[Finding, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The story as plain values (findings apart)."""
        told = asdict(self)
        del told["findings"]
        return told
