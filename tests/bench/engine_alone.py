"""The same steps through the engine only: no database, no web, no slip."""

from __future__ import annotations

import time
from uuid import uuid4

from app.database import wall_clock
from engine.bpmn.parse import compile
from engine.bpmn.runtime import Complete, Facts, Outcome, Start, advance
from engine.calendar import Calendar
from tests.bench.posting import Wrong
from tests.bench.procedure import STEPS, package


def walk(dossiers: int, days: Calendar) -> list[tuple[str, float]]:
    """Every step from snapshot to snapshot: (kind, seconds); the counter step is in ``receive``."""
    bundle = package()
    spec = compile(bundle.files, bundle.digest, bundle.manifest.process)
    took = []
    for number in range(dossiers):
        facts, seed = Facts(wall_clock(), days), str(uuid4())
        start = time.perf_counter()
        rests = advance(spec, None, Start({"dossier": {"code": str(number)}}), facts, seed)
        counter = {"complete": True, "case_seq": number + 1}
        rests = advance(spec, rests.snapshot, Complete(_first(rests)[0], counter), facts, seed)
        took.append(("receive", time.perf_counter() - start))
        for _ in STEPS[1:]:
            task, step = _first(rests)
            start = time.perf_counter()
            rests = advance(spec, rests.snapshot, Complete(task, {"note": ""}), facts, seed)
            took.append((step, time.perf_counter() - start))
        if not rests.finished:
            raise Wrong("The engine does not end")
    return took


def _first(rests: Outcome) -> tuple[str, str]:
    found = min(rests.tasks, key=lambda task: task.step)
    return found.id, found.step
