"""The conformance suite: small diagrams, one thing each, with what must happen.

``<category>/<case>.bpmn`` is the drawing; ``<category>/expected.toml`` says what the standard (or
the platform's own rule) demands of it: the elements passed in order, or the findings it gets.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """One drawing and what must happen to it."""

    category: str
    name: str
    expected: dict[str, Any]

    @property
    def path(self) -> Path:
        """The drawing."""
        return FOLDER / self.category / f"{self.name}.bpmn"

    @property
    def refused(self) -> bool:
        """Whether it must be refused."""
        return "refused" in self.expected


def cases() -> Iterator[Case]:
    """Every case, by category and name."""
    for file in sorted(FOLDER.glob("*/expected.toml")):
        told = tomllib.loads(file.read_text(encoding="utf-8"))
        for name, expected in told.items():
            yield Case(file.parent.name, name, expected)
