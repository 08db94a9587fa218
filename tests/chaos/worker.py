"""``python -m tests.chaos.worker URL FILES INSTANT``: a worker that goes on until it is killed."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from engine.commands import calendar, cutover, due, letters, moving, watching
from engine.store.database import Database

JOBS = (
    due.run_due, letters.deliver, cutover.carry_on, calendar.carry_on, moving.carry_on,
    watching.guard,
)  # fmt: skip


def main(url: str, files: str, instant: str) -> None:
    """Do what there is to do at that instant; when nothing is left, say so and end."""
    database, now = Database(url, Path(files)), datetime.fromisoformat(instant)
    sys.stdout.write("working\n")
    sys.stdout.flush()
    while any(job(database, now) for job in JOBS):
        pass
    database.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
