"""What is open to the public, and where."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.calendar import ZONE
from engine.errors import UnknownProcedure, UnknownRelease
from engine.queries import catalogue, releases
from engine.queries.specs import manifest_of, package_of
from tests.queries.province import NOW, Province

JUNE = datetime(2025, 6, 20, 9, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("typed", "found"),
    [("dong tam", 1), ("xac nhan", 1), ("9.9000", 1), ("thua dat", 1), ("khai sinh", 0), ("", 1)],
)
def test_a_procedure_is_found_without_accents(province: Province, typed: str, found: int) -> None:
    assert len(catalogue.listing(province.connection, NOW, search=typed)) == found


def test_only_what_is_rolled_out_now_is_open(province: Province) -> None:
    assert catalogue.listing(province.connection, JUNE) == ()
    with pytest.raises(UnknownProcedure):
        catalogue.procedure(province.connection, "sample", JUNE)


def test_trial_is_open_only_to_those_who_ask_for_it(province: Province) -> None:
    province.roll_out(centre="H49.99.02", trial=True, valid_from=JUNE)
    connection = province.connection
    assert catalogue.listing(connection, JUNE) == ()
    assert len(catalogue.listing(connection, JUNE, "H49.99.02", trial=True)) == 1
    assert catalogue.listing(connection, JUNE, "H49.99.01", trial=True) == ()


def test_the_model_of_government_narrows(province: Province) -> None:
    assert catalogue.listing(province.connection, NOW, model="three-level") == ()
    assert len(catalogue.listing(province.connection, NOW, model="two-level")) == 1


def test_the_path_ahead_says_who_how_long_and_where_it_goes(province: Province) -> None:
    view = catalogue.procedure(province.connection, "sample", NOW, "H49.99.01")
    assert [(step.no, step.id) for step in view.path] == [
        (1, "Counter"),
        (2, "Check"),
        (3, "Sign"),
        (4, "Return"),
    ]
    check = view.path[1]
    assert check.who.vi == "Công chức chuyên môn, cơ quan giải quyết"
    assert check.limit is not None and check.limit.words("vi") == "3 ngày làm việc"
    assert b"<bpmn:definitions" in view.diagram
    assert view.manifest.code == "9.900099"


def test_releases_and_rollouts_are_listed(province: Province) -> None:
    (release,) = releases.listing(province.connection)
    assert (release.procedure, release.number, release.state) == ("sample", 1, "approved")
    (rollout,) = releases.open_rollouts(province.connection, NOW)
    assert rollout.in_force and rollout.centre is None
    (coming,) = releases.open_rollouts(province.connection, JUNE)
    assert not coming.in_force
    with pytest.raises(UnknownRelease):
        releases.release(province.connection, "0" * 64)


def test_an_unknown_digest_is_a_fact(province: Province) -> None:
    for ask in (package_of, manifest_of):
        with pytest.raises(UnknownRelease):
            ask(province.connection, "0" * 64)
