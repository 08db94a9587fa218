"""``python -m tests.bench``: what a dossier costs through HTTP, beside its floors, in one table."""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.bench import checking, judging, weighing
from tests.bench.measuring import measure
from tests.bench.servers import Databases, SqliteFiles, postgres
from tests.bench.telling import table


def main(given: list[str] | None = None) -> int:
    """Measure, print the table, write the numbers."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--dossiers", type=int, default=25, help="per client and database")
    parser.add_argument("--json", type=Path, help="where to write every number")
    parser.add_argument("--only", choices=("sqlite", "postgres"), help="one database only")
    asked = parser.parse_args(given)
    with ExitStack() as stack:
        held = tempfile.TemporaryDirectory(prefix="motcua-bench-", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(held))
        kinds: list[Databases] = []
        if asked.only != "postgres":
            kinds.append(SqliteFiles(folder))
        if asked.only != "sqlite":
            kinds.append(stack.enter_context(postgres(folder)))
        found: dict[str, Any] = {
            "machine": f"{platform.machine()}, {_processors()} processors",
            "python": platform.python_version(),
            "dossiers": asked.dossiers,
            "weights": weights(folder),
            "checking": checking.costs(),
            "judging": judging.costs(folder),
            "databases": {kind.name: measure(kind, folder, asked.dossiers) for kind in kinds},
        }
    sys.stdout.write(table(found))
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
    return 0


def weights(folder: Path) -> dict[str, Any]:
    """What pages and waiting dossiers weigh, on SQLite."""
    return {"pages": weighing.pages(folder), "idle": weighing.idle(folder)}


def _processors() -> int:
    return len(os.sched_getaffinity(0))


if __name__ == "__main__":
    # Told to stop, it leaves the way it came in: servers ended, folder removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
