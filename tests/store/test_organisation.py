"""Offices, posts and the calendar as the store tells them, on both databases."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import Connection, create_engine

from engine.calendar import ZONE, CalendarDay, Session
from engine.errors import UnknownUnit
from engine.store import calendar as days
from engine.store.organisation import (
    Post,
    Unit,
    actor_by_id,
    actor_of,
    deciding_unit,
    holders,
    resolve,
    unit,
    units,
)
from engine.store.staffing import insert_person, insert_post, insert_unit, shorten_post


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


START = at("2024-01-01")
CUT_OVER = at("2025-07-01")
BEFORE, AFTER = at("2025-06-20T09:00"), at("2025-07-08T09:00")


def office(
    code: str,
    kind: str,
    parent: str | None = None,
    territory: str | None = None,
    since: datetime = START,
    until: datetime | None = None,
) -> Unit:
    return Unit(code, kind, code, code, parent, territory, None, None, "", "", since, until)


@pytest.fixture
def province(connection: Connection) -> Connection:
    for new in (
        office("QN", "province"),
        office("BL", "district", "QN", "06838 06856 06841", until=CUT_OVER),
        office("BL.CN", "district-branch", "BL", "06838 06856", until=CUT_OVER),
        office("C1", "centre", "QN", "06838"),
        office("P1", "commune", "QN", "06838"),
        office("P2", "commune", "QN", "06856"),
        office("LR", "land-registry", "QN", "06838 06856 06841"),
    ):
        insert_unit(connection, new)
    return connection


def test_an_office_exists_until_its_last_instant_but_not_at_it(province: Connection) -> None:
    assert "BL" in units(province, at("2025-06-30T23:59:59"))
    assert "BL" not in units(province, CUT_OVER)
    assert unit(province, "BL").valid_until == CUT_OVER
    assert "BL" in units(province)


def test_an_unknown_office_is_a_fact_not_a_none(province: Connection) -> None:
    with pytest.raises(UnknownUnit):
        unit(province, "nowhere")


def test_the_deciding_office_serves_the_territory(province: Connection) -> None:
    assert deciding_unit(province, "commune", "06856", AFTER) == "P2"
    assert deciding_unit(province, "district", "06856", BEFORE) == "BL"
    assert deciding_unit(province, "province", "06856", AFTER) == "QN"


def test_the_old_district_decides_nothing_after_the_cut_over(province: Connection) -> None:
    with pytest.raises(UnknownUnit):
        deciding_unit(province, "district", "06856", AFTER)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("receiving", "C1"),
        ("deciding", "P2"),
        ("province", "QN"),
        ("parent(deciding)", "QN"),
        ("partner:land-registry", "LR"),
        ("fixed:P1", "P1"),
    ],
)
def test_a_lane_rule_becomes_an_office(province: Connection, rule: str, expected: str) -> None:
    assert resolve(province, rule, receiving="C1", deciding="P2", now=AFTER) == expected


@pytest.mark.parametrize("rule", ["", "anywhere", "fixed:nowhere", "partner:tax", "parent()"])
def test_a_rule_that_leads_nowhere_says_so(province: Connection, rule: str) -> None:
    with pytest.raises(UnknownUnit):
        resolve(province, rule, receiving="C1", deciding="P2", now=AFTER)


def test_the_province_has_no_office_above_it(province: Connection) -> None:
    with pytest.raises(UnknownUnit):
        resolve(province, "parent(deciding)", receiving="C1", deciding="QN", now=AFTER)


def test_a_person_holds_a_post_only_while_it_lasts(province: Connection) -> None:
    person = insert_person(province, "officer1.sample", "Địa chính, mẫu")
    insert_post(province, person, Post("officer", "BL"), START, CUT_OVER)
    insert_post(province, person, Post("officer", "P1"), CUT_OVER, None)
    before = actor_of(province, "officer1.sample", BEFORE)
    after = actor_of(province, "officer1.sample", AFTER)
    assert before is not None and before.posts == (Post("officer", "BL"),)
    assert after is not None and after.posts == (Post("officer", "P1"),)
    assert holders(province, "officer", "BL", BEFORE) == [person]
    assert holders(province, "officer", "BL", CUT_OVER) == []


def test_a_person_without_a_post_is_still_somebody(province: Connection) -> None:
    person = insert_person(province, "new.sample", "Chưa có vị trí")
    actor = actor_by_id(province, person, AFTER)
    assert actor is not None and actor.posts == () and actor.login == "new.sample"
    assert actor_of(province, "nobody.sample", AFTER) is None


def test_a_director_oversees_what_lies_beneath(province: Connection) -> None:
    person = insert_person(province, "controller.sample", "Kiểm soát, mẫu")
    insert_post(province, person, Post("controller", "BL"), START, None)
    actor = actor_of(province, "controller.sample", AFTER)
    assert actor is not None and actor.oversees == {"BL.CN"}


def test_an_officer_oversees_nothing(province: Connection) -> None:
    person = insert_person(province, "officer.sample", "Công chức, mẫu")
    insert_post(province, person, Post("officer", "QN"), START, None)
    actor = actor_of(province, "officer.sample", AFTER)
    assert actor is not None and actor.oversees == frozenset()


def test_ending_a_post_never_makes_it_longer(province: Connection) -> None:
    person = insert_person(province, "officer.sample", "Công chức, mẫu")
    post = insert_post(province, person, Post("officer", "P1"), START, CUT_OVER)
    assert shorten_post(province, post, AFTER)
    assert holders(province, "officer", "P1", CUT_OVER) == []
    assert shorten_post(province, post, BEFORE)
    assert holders(province, "officer", "P1", BEFORE) == []
    assert not shorten_post(province, post + 1, BEFORE)


def test_the_calendar_is_what_the_table_says(connection: Connection) -> None:
    assert days.calendar(connection).revision == 0
    holiday = CalendarDay(date(2025, 9, 2), "off", source="Quốc khánh")
    morning = CalendarDay(
        date(2025, 9, 3),
        "work",
        (Session(at("2025-09-03T07:30").time(), at("2025-09-03T11:30").time()),),
        scope="C1",
    )
    assert days.write_days(connection, [holiday, morning]) == 1
    nation, centre = days.calendar(connection), days.calendar(connection, "C1")
    assert not nation.is_working_day(date(2025, 9, 2))
    assert nation.end_of_day(date(2025, 9, 3)) == at("2025-09-03T17:00")
    assert centre.end_of_day(date(2025, 9, 3)) == at("2025-09-03T11:30")


def test_a_corrected_day_is_a_new_revision(connection: Connection) -> None:
    guess = CalendarDay(date(2027, 2, 8), "off", provisional=True)
    days.write_days(connection, [guess])
    assert days.calendar(connection).is_provisional(guess.day)
    days.write_days(connection, [CalendarDay(guess.day, "work", source="Thông báo mẫu")])
    calendar = days.calendar(connection)
    assert (calendar.revision, calendar.is_working_day(guess.day)) == (2, True)
    assert not calendar.is_provisional(guess.day)


def test_the_calendar_is_read_again_only_when_it_changed(database_url: str) -> None:
    engine = create_engine(database_url)
    holiday, storm = (CalendarDay(date(2025, 9, day), "off") for day in (2, 3))
    with engine.begin() as connection:
        days.write_days(connection, [holiday])
    with engine.connect() as connection:
        first = days.calendar(connection)
        assert days.calendar(connection) is first
        # What is taken back has never been: not for the next change of that number either.
        days.write_days(connection, [storm])
        assert not days.calendar(connection).is_working_day(storm.day)
        connection.rollback()
    with engine.begin() as connection:
        assert days.write_days(connection, [CalendarDay(storm.day, "work")]) == 2
    with engine.connect() as connection:
        assert days.calendar(connection).is_working_day(storm.day)
        assert days.calendar(connection, revision=1) is first
    engine.dispose()
