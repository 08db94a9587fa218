"""Whoever changes the journal behind our back is found out, and the row is named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, delete, func, insert, select, update

from app.cli import main
from engine.store.journal import Entry, digest_of
from engine.store.tables import dossiers, journal, journal_payloads
from tests.commands.test_bad_input import NOW, receive
from tests.office import Office

SPOILED = "H49.99.01-250707-0002"  # of three
Change = Callable[[Connection, int, int], None]


def delete_third(connection: Connection, dossier: int, last: int) -> None:
    """Takes a row out of the middle."""
    connection.execute(delete(journal).where(journal.c.dossier == dossier, journal.c.seq == 3))


def delete_last(connection: Connection, dossier: int, last: int) -> None:
    """Takes the newest row away: what remains fits by itself."""
    connection.execute(delete(journal).where(journal.c.dossier == dossier, journal.c.seq == last))


def delete_all(connection: Connection, dossier: int, last: int) -> None:
    """As if nothing had ever happened."""
    connection.execute(delete(journal).where(journal.c.dossier == dossier))


def forged(connection: Connection, dossier: int, seq: int) -> None:
    """Writes a row that follows the one before it by the rules, with a true digest."""
    before = connection.scalars(
        select(journal.c.digest).where(journal.c.dossier == dossier, journal.c.seq == seq - 1)
    ).one()
    entry = Entry(NOW, "officer1.binhlieu", "completed", {"step": "Check"})
    values = {"at": entry.at, "actor": entry.actor, "kind": entry.kind, "fact": entry.fact}
    digest = digest_of(dossier, seq, entry, None, before)
    connection.execute(insert(journal).values(dossier=dossier, seq=seq, digest=digest, **values))


def insert_at_the_end(connection: Connection, dossier: int, last: int) -> None:
    """Adds a row that fits the one before it."""
    forged(connection, dossier, last + 1)


def insert_in_between(connection: Connection, dossier: int, last: int) -> None:
    """Makes room before the third row, and adds one that fits the second."""
    for table in (journal, journal_payloads):
        mine = table.c.dossier == dossier
        for seq in range(last, 2, -1):
            moved = update(table).where(mine, table.c.seq == seq).values(seq=seq + 1)
            connection.execute(moved)
    forged(connection, dossier, 3)


def change_the_fact(connection: Connection, dossier: int, last: int) -> None:
    """Says something else happened."""
    row = update(journal).where(journal.c.dossier == dossier, journal.c.seq == 1)
    connection.execute(row.values(fact={"channel": "post"}))


def change_the_second(connection: Connection, dossier: int, last: int) -> None:
    """Replaces a row by one that fits the row before it: the next one does not."""
    connection.execute(delete(journal).where(journal.c.dossier == dossier, journal.c.seq == 2))
    forged(connection, dossier, 2)


def change_the_last(connection: Connection, dossier: int, last: int) -> None:
    """Replaces the newest row, which no other follows: only the dossier knows its digest."""
    delete_last(connection, dossier, last)
    forged(connection, dossier, last)


def change_the_payload(connection: Connection, dossier: int, last: int) -> None:
    """Gives the dossier another applicant."""
    row = update(journal_payloads).where(journal_payloads.c.dossier == dossier)
    connection.execute(row.where(journal_payloads.c.seq == 1).values(body='{"applicant":{}}'))


def delete_the_payload(connection: Connection, dossier: int, last: int) -> None:
    """Lets the applicant be forgotten without a word."""
    row = delete(journal_payloads).where(journal_payloads.c.dossier == dossier)
    connection.execute(row.where(journal_payloads.c.seq == 1))


def add_a_payload(connection: Connection, dossier: int, last: int) -> None:
    """Lets a row say more than was said."""
    connection.execute(insert(journal_payloads).values(dossier=dossier, seq=2, body="{}"))


@pytest.fixture
def verified(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[], tuple[int, str]]:
    """``motcua verify`` on the office's database: its status and what it says."""
    url = office.database.url.render_as_string(hide_password=False)
    monkeypatch.setenv("MOTCUA_DATABASE_URL", url)
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(office.database.files.root))

    def run() -> tuple[int, str]:
        return main(["verify"]), capsys.readouterr().out.strip()

    return run


@pytest.mark.parametrize(
    ("change", "row", "why"),
    [
        (delete_third, 4, "a row before it is missing"),
        (delete_last, "last", "rows are missing at the end"),
        (delete_all, 1, "rows are missing at the end"),
        (insert_at_the_end, "last + 1", "the row was added"),
        (insert_in_between, 4, "the row was changed"),
        (change_the_fact, 1, "the row was changed"),
        (change_the_second, 3, "the row was changed"),
        (change_the_last, "last", "the row was changed"),
        (change_the_payload, 1, "its payload was changed"),
        (delete_the_payload, 1, "its payload is missing"),
        (add_a_payload, 2, "its payload was added"),
    ],
)
def test_verify_names_the_first_row_that_does_not_fit(
    office: Office,
    verified: Callable[[], tuple[int, str]],
    change: Change,
    row: int | str,
    why: str,
) -> None:
    for key in ("a", "b", "c"):
        receive(office, key=key)
    assert verified() == (0, "Everything is in order.")
    with office.database.engine.begin() as connection:
        dossier = connection.scalars(select(dossiers.c.id).where(dossiers.c.code == SPOILED)).one()
        last = connection.scalar(select(func.max(journal.c.seq)).filter_by(dossier=dossier)) or 0
        assert last > 4
        change(connection, dossier, last)
    number = {"last": last, "last + 1": last + 1}.get(str(row), row)
    status, said = verified()
    assert status == 1
    assert f"{SPOILED}: journal: row {number}: {why}" in said.splitlines()
