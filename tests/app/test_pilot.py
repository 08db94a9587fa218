"""The pilot of June 2025 on virtual time, and a proof that notices when something is off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select, update

from app.cli import main
from app.demo import pilot
from engine.queries.proof import breaches
from engine.store import tables as t
from engine.store.database import Database
from tests.commands.test_moving import posting
from tests.conftest import ROOT
from tests.office import Office


@pytest.mark.slow
def test_thirty_dossiers_cross_the_change_of_models_and_everything_is_kept(
    database_url: str, tmp_path: Path
) -> None:
    database = Database(database_url, tmp_path / "files", "http://127.0.0.1:8000")
    told = pilot.play(database, ROOT / "processes", ROOT / "forms", days=5)
    assert (told.problems, told.breaches) == ([], ())
    assert sum(told.received.values()) == 30
    assert told.received["three-level", False] == 9
    assert told.purged == 6
    assert told.settled == 24
    assert told.outcomes["late"] == 0
    assert told.handed > 0
    assert told.stayed == 0
    with database.reading() as connection:
        handed = connection.scalars(
            select(t.journal.c.dossier).where(t.journal.c.kind == "handed_over")
        ).all()
        done = connection.execute(
            select(t.dossiers.c.model, t.dossiers.c.status, t.dossiers.c.trial).where(
                t.dossiers.c.id.in_(handed)
            )
        ).all()
    database.dispose()
    assert len(handed) == len(set(handed)) == told.handed
    assert {tuple(row) for row in done} == {("two-level", 10, False)}


@pytest.mark.slow
def test_the_terminal_plays_one_day_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pilot", "--days", "1"]) == 0
    assert "Everything kept." in capsys.readouterr().out


def later(connection: Connection, dossier: int) -> Any:
    row = connection.execute(select(t.dossiers)).one()
    return update(t.dossiers).values(due_at=row.promised_at, paused=False, id=dossier)


def idle(connection: Connection, dossier: int) -> Any:
    connection.execute(update(t.tasks).where(t.tasks.c.state == "open").values(state="withdrawn"))
    return delete(t.due)


TAMPERED: dict[str, Callable[[Connection, int], Any]] = {
    "once": lambda c, d: update(t.tasks).where(t.tasks.c.state == "done").values(state="withdrawn"),
    "apart": lambda c, d: update(t.dossiers).values(trial=True),
    "deadline": later,
    "desk": lambda c, d: update(t.tasks).values(state="open", unit="BL.CN"),
    "waits": idle,
    "journal": lambda c, d: update(t.journal).where(t.journal.c.seq == 2).values(actor="somebody"),
}


@pytest.mark.parametrize("rule", TAMPERED)
def test_the_proof_notices_what_is_not_as_it_must_be(office: Office, rule: str) -> None:
    dossier = posting(office, "a")
    with office.database.reading() as connection:
        assert breaches(connection, office.now) == ()
    with office.database.engine.begin() as connection:
        connection.execute(TAMPERED[rule](connection, dossier))
    with office.database.reading() as connection:
        assert rule in {breach.rule for breach in breaches(connection, office.now)}
