"""The board of the day, and the people and offices as lists."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.calendar import ZONE
from engine.errors import MayNot
from engine.queries import organisation, reports
from engine.store.organisation import Actor
from tests.queries.province import NOW, Province


def test_the_board_counts_live_dossiers_of_my_offices(province: Province) -> None:
    province.dossier(received=datetime(2025, 6, 20, 9, tzinfo=ZONE))
    province.dossier(received=NOW)
    province.dossier("Wait")
    province.dossier("Return", settled=NOW)
    province.dossier(trial=True)
    province.dossier(centre="H49.99.02", deciding="C2")
    board = reports.board(province.connection, province.actor("director.1"), NOW)
    total = board.total
    assert (total.in_progress, total.late, total.paused) == (3, 1, 1)
    assert (total.received_today, total.settled_today, total.early_today) == (1, 1, 1)
    assert total.to_collect == 1
    assert [line.name for line in board.procedures] == ["sample"]


def test_the_board_of_one_centre(province: Province) -> None:
    province.dossier()
    province.dossier(centre="H49.99.02", deciding="C2")
    controller = province.actor("controller")
    assert reports.board(province.connection, controller, NOW).total.in_progress == 2
    one = reports.board(province.connection, controller, NOW, "H49.99.02")
    assert one.total.in_progress == 1


def test_the_board_is_not_for_a_person_without_post(province: Province) -> None:
    with pytest.raises(MayNot):
        reports.board(province.connection, Actor(1, "new", "", ()), NOW)


def test_centres_are_the_offices_with_a_series(province: Province) -> None:
    found = organisation.centres(province.connection, NOW)
    assert [unit.code for unit in found] == ["H49.99.01", "H49.99.02"]
    mine = organisation.counters_of(province.connection, province.actor("reception.2"), NOW)
    assert [unit.code for unit in mine] == ["H49.99.02"]
    assert organisation.counters_of(province.connection, province.actor("officer.1"), NOW) == ()


def test_the_directory_is_for_those_who_organise(province: Province) -> None:
    lines = organisation.directory(province.connection, province.actor("admin"), NOW)
    people = {line.unit.code: [p.login for p in line.people] for line in lines}
    assert people["C1"] == ["leader.1", "officer.1", "second.1"]
    with pytest.raises(MayNot):
        organisation.directory(province.connection, province.actor("officer.1"), NOW)


def test_a_vacant_post_is_a_gap(province: Province) -> None:
    assert organisation.is_vacant(province.connection, "clerk", "C1", NOW)
    assert not organisation.is_vacant(province.connection, "officer", "C1", NOW)
    found = organisation.people_at(province.connection, "officer", "C1", NOW)
    assert [person.login for person in found] == ["officer.1", "second.1"]


def test_the_models_in_use_at_a_centre(province: Province) -> None:
    province.roll_out(model="three-level", centre="H49.99.02")
    models = organisation.models_of(province.connection, "H49.99.02", NOW)
    assert models == ("two-level", "three-level")
