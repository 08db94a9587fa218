"""What a dry run over many open dossiers costs, beside loading the same snapshots."""

from __future__ import annotations

import resource
import time
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from engine.bpmn import snapshot
from engine.bpmn.language import Language
from engine.bpmn.moment import Facts, functions
from engine.bpmn.tree import Run
from engine.calendar import Calendar
from engine.commands import releases
from engine.package import from_files, load_folder
from engine.queries import moving
from engine.queries.specs import spec_of
from engine.store import tables
from engine.store.organisation import SETUP
from tests.app.test_first_dossier import receive
from tests.bench.servers import SqliteFiles
from tests.office import ROOT, Office, open_office

DOSSIERS = 10_000
EDIT = ('name="Kiểm tra thực địa"', 'name="Kiểm tra tại thửa đất"')


def costs(folder: Path, dossiers: int = DOSSIERS) -> dict[str, Any]:
    """Seconds for the verdicts, for loading the same snapshots, and the memory it took."""
    office = open_office(SqliteFiles(folder).create("judged"), folder / "judged")
    try:
        receive(office)
        _many(office, dossiers)
        package = load_folder(ROOT / "processes", ROOT / "forms", "land-confirmation")
        drawn = package.files["process.bpmn"].decode().replace(*EDIT)
        changed = from_files({**package.files, "process.bpmn": drawn.encode()})
        with office.database.transaction(SETUP, office.now) as tx:
            digest = releases.publish(tx, changed)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        with office.database.reading() as connection:
            seen = moving.dry_run(connection, digest, None, {})
        judged = time.perf_counter() - began
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert seen.total == seen.moves == dossiers
        began = time.perf_counter()
        _load(office)
        loaded = time.perf_counter() - began
    finally:
        office.database.dispose()
    return {
        "dossiers": dossiers,
        "seconds": round(judged, 1),
        "loading": round(loaded, 1),
        "ratio": round(judged / loaded, 2),
        "grown_mb": round(grown / 1024),
    }


def _many(office: Office, dossiers: int) -> None:
    """Copies of the one dossier and its run: only what the verdict reads."""
    with office.database.transaction(SETUP, office.now) as tx:
        one = dict(tx.connection.execute(select(tables.dossiers)).one()._mapping)
        run = dict(tx.connection.execute(select(tables.runs)).one()._mapping)
        copies, runs = [], []
        for number in range(one["id"] + 1, one["id"] + dossiers):
            told = {"id": number, "code": f"{one['code']}/{number}", "key": f"copy {number}"}
            copies.append({**one, **told})
            runs.append({**run, "id": f"copy {number}", "dossier": number})
        tx.connection.execute(insert(tables.dossiers), copies)
        tx.connection.execute(insert(tables.runs), runs)


def _load(office: Office) -> None:
    """Read every snapshot and put its tokens into a run, as any step begins."""
    facts = Facts(office.now, Calendar())
    with office.database.reading() as connection:
        release = connection.scalar(select(tables.dossiers.c.release).limit(1))
        spec = spec_of(connection, str(release))
        for kept in connection.scalars(select(tables.runs.c.snapshot)):
            state = snapshot.read(kept)
            process = spec.processes[state["flows"][0]["spec"]]
            snapshot.thaw(state, Run(process, spec.processes, Language(functions(facts)), facts))
