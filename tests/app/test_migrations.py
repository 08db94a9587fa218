"""Down to nothing and up again: the migrations can be walked both ways."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Inspector, create_engine, inspect, text

from engine.store import tables
from engine.store.absences import insert_absence
from tests.app.test_absences import person
from tests.app.test_first_dossier import receive as received
from tests.commands.test_cutover import CUT, carry_on, june, plan, receive  # noqa: F401
from tests.commands.test_moving import read
from tests.conftest import ROOT, migrate
from tests.journeys import ASKED
from tests.office import Office

_OF_A_TABLE = (
    Inspector.get_pk_constraint,
    Inspector.get_foreign_keys,
    Inspector.get_unique_constraints,
    Inspector.get_check_constraints,
    Inspector.get_indexes,
)


def drawn(url: str) -> dict[str, list[str]]:
    """What the database says of every table: columns in order, then constraints and indexes."""
    opened = create_engine(url)
    there = inspect(opened)
    found = {
        table: [
            *map(_text, there.get_columns(table)),
            *(one for ask in _OF_A_TABLE for one in _sorted(ask(there, table))),
        ]
        for table in there.get_table_names()
    }
    opened.dispose()
    return found


def _sorted(found: Any) -> list[str]:
    return sorted(map(_text, found if isinstance(found, list) else [found]))


def _text(found: Any) -> str:
    return json.dumps(found, default=str)  # types and conditions by what they say


def test_down_to_nothing_and_up_again_is_the_same_house(database_url: str) -> None:
    before = drawn(database_url)
    assert len(before) > 20
    config = Config()
    config.set_main_option("script_location", str(ROOT / "app" / "migrations"))
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    command.downgrade(config, "base")
    assert set(drawn(database_url)) == {"alembic_version"}
    migrate(database_url)
    assert drawn(database_url) == before


def test_an_absence_from_before_lends_every_office_that_both_belong_to(office: Office) -> None:
    url = office.database.engine.url.render_as_string(hide_password=False)
    config = Config()
    config.set_main_option("script_location", str(ROOT / "app" / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.downgrade(config, "0010")
    told = {"a": person(office, "clerk.binhlieu"), "b": person(office, "officer2.binhlieu")}
    with office.database.engine.begin() as held:
        held.execute(
            text(
                "INSERT INTO absences"
                " (person, substitute, valid_from, valid_until, basis, decided_at)"
                " SELECT :a, :b, valid_from, valid_from, 'Mẫu', valid_from FROM units"
                " WHERE code = 'QN'"
            ),
            told,
        )
    command.upgrade(config, "head")
    with office.database.engine.connect() as held:
        found = held.execute(text("SELECT person, substitute, unit, basis FROM absences"))
        lent = {tuple(row) for row in found}
    assert lent == {(told["a"], told["b"], unit, "Mẫu") for unit in ("UBND.06838", "UBND.BL")}


def test_a_dossier_that_changed_offices_gets_the_book_of_the_one_that_received_it(
    june: Office,  # noqa: F811
) -> None:
    receive(june, "a", "reception1.luchon", "BL.DT", model="three-level")
    receive(june, "b", "reception1.binhlieu", "H49.99.01", model="three-level")
    plan(june)
    carry_on(june, CUT)
    url = june.database.engine.url.render_as_string(hide_password=False)
    june.database.dispose()
    config = Config()
    config.set_main_option("script_location", str(ROOT / "app" / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.downgrade(config, "0010")
    migrate(url)
    books = {row["key"]: row["book"] for row in read(june, tables.dossiers)}
    assert books == {"a": "BL.DT", "b": "H49.99.01"}


def test_a_dossier_that_changed_offices_keeps_a_number_of_its_own_book(june: Office) -> None:  # noqa: F811
    receive(june, "a", "reception1.luchon", "BL.DT", model="three-level")
    plan(june)
    carry_on(june, CUT)
    june.now = CUT.replace(hour=9)
    receive(june, "n", "reception1.luchon", "H49.99.02")

    def books() -> list[tuple[str, str, int]]:
        return [(row["key"], row["book"], row["ledger_no"]) for row in read(june, tables.dossiers)]

    before = books()
    down_and_up(june, "0010")
    assert books() == before
    series = {row["series"] for row in read(june, tables.numbers)}
    assert {one for one in series if one.endswith(":ledger")} == {
        "BL.DT:ledger",
        "H49.99.02:ledger",
    }


def test_whoever_is_back_on_the_way_down_is_not_told_an_old_date(office: Office) -> None:
    received(office)
    assert office.do("officer1.binhlieu", "2025-07-08T10:00", **ASKED) == 303
    supplied = {"supplied_on": "09/07/2025", "supplied": "Ý kiến của 2 hộ giáp ranh."}
    assert office.do("reception1.binhlieu", "2025-07-11T14:00", **supplied) == 303
    (before,) = read(office, tables.dossiers)
    assert before["due_at"] != before["promised_at"]
    down_and_up(office, "0010")
    (after,) = read(office, tables.dossiers)
    assert after["told_due"] == before["due_at"]


def test_an_absence_at_one_of_two_offices_comes_back_no_wider(office: Office) -> None:
    away, substitute = person(office, "clerk.binhlieu"), person(office, "officer2.binhlieu")
    days = (office.now, office.now + timedelta(days=3))
    with office.acting("admin") as tx:
        for one, units in ((away, ("UBND.BL",)), (substitute, ("UBND.06838", "UBND.BL"))):
            for unit in units:
                other = substitute if one == away else away
                insert_absence(tx.connection, one, other, unit, days, "Mẫu", (None, tx.now))

    def lent() -> set[tuple[int, str]]:
        return {(row["person"], row["unit"]) for row in read(office, tables.absences)}

    assert lent() == {(away, "UBND.BL"), (substitute, "UBND.06838"), (substitute, "UBND.BL")}
    down_and_up(office, "0011")
    assert lent() == {(substitute, "UBND.06838"), (substitute, "UBND.BL")}


def down_and_up(office: Office, revision: str) -> None:
    """Back to a revision and forth again, with what is in the books."""
    url = office.database.engine.url.render_as_string(hide_password=False)
    office.database.dispose()
    config = Config()
    config.set_main_option("script_location", str(ROOT / "app" / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.downgrade(config, revision)
    migrate(url)
