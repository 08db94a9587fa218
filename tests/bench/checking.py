"""What it costs to check a diagram, and how many files a minute that makes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from engine.bpmn.findings import findings

ROOT = Path(__file__).parents[2]
ROUNDS = 5


def costs() -> dict[str, Any]:
    """Milliseconds for each procedure's diagram; files a minute over the conformance suite."""
    drawn = sorted((ROOT / "processes").glob("*/process.bpmn"))
    suite = sorted((ROOT / "tests" / "bpmn").rglob("*.bpmn"))
    spent = {path.parent.name: _median(lambda path=path: _check(path)) for path in drawn}
    began = time.perf_counter()
    for path in suite:
        _check(path)
    return {
        "milliseconds": spent,
        "files": len(suite),
        "files_a_minute": round(60 * len(suite) / (time.perf_counter() - began)),
    }


def _check(path: Path) -> None:
    findings({path.name: path.read_bytes()})


def _median(act: Callable[[], None]) -> float:
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        taken.append(1000 * (time.perf_counter() - began))
    return round(median(taken), 1)
