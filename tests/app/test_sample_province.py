"""The offices and accounts of the demo, as an empty database gets them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import create_engine

from app import accounts
from app.demo.organisation import Account, make_password, write_province
from engine.calendar import ZONE
from engine.queries.organisation import centres, is_vacant
from engine.store import tables
from engine.store.organisation import SETUP, Post, actor_of, unit, units

DRAWN = datetime(2025, 6, 2, 9, tzinfo=ZONE)
BEFORE = datetime(2025, 6, 30, 23, 59, 59, tzinfo=ZONE)
AFTER = datetime(2025, 7, 1, tzinfo=ZONE)


@pytest.fixture(scope="module")
def sample() -> Iterator[tuple[Any, list[Account]]]:
    engine = create_engine("sqlite://")
    tables.metadata.create_all(engine)
    accounts.metadata.create_all(engine)
    with engine.connect() as connection:
        tx: Any = SimpleNamespace(connection=connection, actor=SETUP, now=DRAWN)
        yield connection, write_province(tx)
    engine.dispose()


def test_there_are_29_accounts_named_by_role(sample: tuple[Any, list[Account]]) -> None:
    logins = [account.login for account in sample[1]]
    assert len(set(logins)) == len(logins) == 29
    assert {"reception1.binhlieu", "officer1.luchon", "leader.hoanhmo", "admin"} <= set(logins)


def test_a_password_opens_its_account_and_no_other(sample: tuple[Any, list[Account]]) -> None:
    connection, (first, second, *_) = sample
    hashed = accounts.password_hash(connection, first.login)
    assert accounts.matches(hashed, first.password)
    assert not accounts.matches(hashed, second.password)


def test_passwords_differ() -> None:
    assert len({make_password() for _ in range(50)}) == 50


def test_the_old_district_ends_with_the_30th_of_june(sample: tuple[Any, list[Account]]) -> None:
    old = {"UBND.BL", "BL.CN", "BL.DT", "BL.HM"}
    assert old <= units(sample[0], BEFORE).keys()
    assert old.isdisjoint(units(sample[0], AFTER))


def test_three_centres_receive_from_the_cut_over(sample: tuple[Any, list[Account]]) -> None:
    found = [centre.code for centre in centres(sample[0], AFTER)]
    assert found == ["H49.99.01", "H49.99.02", "H49.99.03"]
    assert unit(sample[0], "H49.99.02").trial_series == "H49.98.02"


def test_posts_move_from_the_district_to_the_commune(sample: tuple[Any, list[Account]]) -> None:
    before = actor_of(sample[0], "reception1.luchon", BEFORE)
    after = actor_of(sample[0], "reception1.luchon", AFTER)
    assert before is not None and Post("reception", "BL.DT") in before.posts
    assert after is not None and after.posts == (Post("reception", "H49.99.02"),)


@pytest.mark.parametrize("role", ["officer", "leader", "clerk"])
@pytest.mark.parametrize("office", ["UBND.06838", "UBND.06856", "UBND.06841"])
def test_no_post_of_a_commune_is_vacant(
    sample: tuple[Any, list[Account]], role: str, office: str
) -> None:
    assert not is_vacant(sample[0], role, office, AFTER)
