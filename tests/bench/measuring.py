"""One database measured: HTTP with one client and four, statements, their replay, the engine."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from engine.store.calendar import calendar
from tests.bench import engine_alone
from tests.bench.furnished import furnish, opened
from tests.bench.posting import Clerk, Wire, together
from tests.bench.procedure import STEPS
from tests.bench.recording import Request, record, replay
from tests.bench.servers import Databases, web

KINDS = ("receive", *STEPS[1:])
CLIENTS = 4
WARM = 3  # dossiers before the first that counts: caches of packages and statements, connections

Took = list[tuple[str, float]]


def measure(kind: Databases, folder: Path, dossiers: int) -> dict[str, Any]:
    """All numbers of one database, times in milliseconds."""
    files = folder / f"files-{kind.name}"
    password = furnish(kind.create("origin"), files)
    places = {name: kind.copy("origin", name) for name in ("served", "recorded", "replayed")}
    found: dict[str, Any] = {"durability": kind.durability()}
    log = folder / f"web-{kind.name}.log"
    with web(places["served"], files, log) as (host, port):
        for clients in (1, CLIENTS):
            found[f"clients_{clients}"] = _http(
                places["served"], files, (host, port), password, clients, dossiers
            )
    requests = record(places["recorded"], files, password, WARM + dossiers)
    found["asked"] = asked(requests[WARM * len(KINDS) :])
    gc.collect()
    bare = replay(places["replayed"], requests)
    found["replayed"] = spread(_warm(bare))
    database = opened(places["recorded"], files)
    with database.reading() as connection:
        days = calendar(connection, "province", "none")
    database.dispose()
    found["engine"] = spread(_warm(engine_alone.walk(WARM + dossiers, days)))
    return found


def _http(
    url: str, files: Path, place: tuple[str, int], password: str, clients: int, dossiers: int
) -> dict[str, Any]:
    database = opened(url, files)
    wires = [Wire(*place) for _ in range(clients)]
    clerks = [Clerk(wire, database, password) for wire in wires]
    try:
        for clerk in clerks:
            clerk.log_in()
        together(clerks, WARM)
        for clerk in clerks:
            clerk.took.clear()
        seconds = together(clerks, dossiers)
    finally:
        for wire in wires:
            wire.close()
        database.dispose()
    times = [(kind, one) for clerk in clerks for kind in clerk.took for one in clerk.took[kind]]
    return {**spread(times), "dossiers_per_second": round(clients * dossiers / seconds, 2)}


def _warm(times: Took) -> Took:
    return times[WARM * len(KINDS) :]


def spread(times: Took) -> dict[str, Any]:
    """p50 and p95 by kind, of the five completes together, and the sum of a dossier's medians."""
    by: dict[str, list[float]] = {}
    for kind, seconds in times:
        by.setdefault(kind, []).append(seconds * 1000)
        if kind != "receive":
            by.setdefault("complete", []).append(seconds * 1000)
    told: dict[str, Any] = {
        kind: {"p50": at(by[kind], 0.5), "p95": at(by[kind], 0.95)} for kind in (*KINDS, "complete")
    }
    told["dossier"] = round(sum(told[kind]["p50"] for kind in KINDS), 2)
    return told


def at(values: Iterable[float], share: float) -> float:
    """The value below which that share of them lies (nearest rank)."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)


def asked(requests: Iterable[Request]) -> dict[str, Mapping[str, int]]:
    """The most statements and commits one posting of a kind needed."""
    most: dict[str, dict[str, int]] = {}
    for one in requests:
        known = most.setdefault(one.kind, {"statements": 0, "commits": 0})
        known["statements"] = max(known["statements"], one.statements)
        known["commits"] = max(known["commits"], one.commits)
    return dict(most)
