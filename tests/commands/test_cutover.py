"""The day a government model ends: open dossiers change offices and keep everything else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.demo.pilot import of_the_old_model
from engine.calendar import ZONE
from engine.commands import (
    beside,
    cutover,
    dossiers,
    folders,
    organisation,
    releases,
    suspending,
    tasks,
)
from engine.errors import BadInstant, CutoverPlanned, SameModel, UnknownCutover
from engine.queries import sheets
from engine.queries.folders import to_send, under_way
from engine.queries.proof import breaches
from engine.store import tables
from tests.commands.test_bad_input import CHECKED, LAND, told
from tests.commands.test_moving import open_tasks, read
from tests.office import Office
from tests.office import read as words

JUNE = datetime(2025, 6, 24, 9, tzinfo=ZONE)
CUT = datetime(2025, 7, 1, tzinfo=ZONE)
OLD = of_the_old_model(LAND)


@pytest.fixture
def june(office: Office) -> Office:
    """The days before: both models open, the change planned."""
    office.now = JUNE
    with office.acting("designer") as tx:
        releases.publish(tx, OLD)
    with office.acting("approver") as tx:
        releases.approve(tx, OLD.digest, "QĐ mẫu 03/2025")
    with office.acting("admin") as tx:
        releases.roll_out(tx, OLD.digest, model="three-level", valid_from=JUNE, valid_until=CUT)
        releases.roll_out(
            tx, LAND.digest, model="two-level", trial=True, valid_from=JUNE, valid_until=CUT
        )
    return office


def receive(office: Office, key: str, login: str, centre: str, **more: object) -> int:
    given = {**told(key=key), "centre": centre, **more}
    with office.acting(login) as tx:
        return dossiers.receive(tx, **given).dossier


def plan(office: Office, at: datetime = CUT) -> int:
    with office.acting("admin") as tx:
        return cutover.plan(
            tx, from_model="three-level", to_model="two-level", at=at, reason="Hai cấp từ 01/7"
        )


def carry_on(office: Office, at: datetime) -> int:
    done = 0
    while more := cutover.carry_on(office.database, at):
        done += more
    return done


def test_the_book_of_an_office_keeps_what_it_received(june: Office) -> None:
    receive(june, "a", "reception1.luchon", "BL.DT", model="three-level")

    def book(office: str) -> list[str]:
        with june.database.reading() as connection:
            period = (date(2025, 6, 1), date(2025, 6, 30))
            return [row["code"] for row in sheets.ledger_rows(connection, office, *period)]

    before = book("BL.DT")
    assert len(before) == 1
    plan(june)
    carry_on(june, CUT)
    (after,) = read(june, tables.dossiers)
    assert after["receiving"] == "H49.99.02"
    assert (book("BL.DT"), book("H49.99.02")) == (before, [])


def test_one_centre_receives_under_both_models_each_with_its_own_chain(june: Office) -> None:
    place = ("reception1.binhlieu", "H49.99.01")
    live = receive(june, "a", *place, model="three-level")
    trial = receive(june, "b", *place, model="two-level", trial=True)
    found = {row["id"]: row for row in read(june, tables.dossiers)}
    assert (found[live]["release"], found[live]["deciding"]) == (OLD.digest, "UBND.BL")
    assert (found[trial]["release"], found[trial]["deciding"]) == (LAND.digest, "UBND.06838")
    assert [found[one]["code"][:9] for one in (live, trial)] == ["H49.99.01", "H49.98.01"]
    assert [open_tasks(june, one)[0]["unit"] for one in (live, trial)] == ["UBND.BL", "UBND.06838"]


def test_what_is_open_is_handed_over_with_deadline_claim_draft_and_history(june: Office) -> None:
    dossier = receive(june, "a", "reception1.luchon", "BL.DT", model="three-level")
    (task,) = open_tasks(june, dossier)
    with june.acting("officer1.luchon") as tx:
        tasks.save_draft(tx, task["id"], {"measured_area": "408,2"})
    (before,) = read(june, tables.dossiers)
    cut = plan(june)
    assert carry_on(june, CUT - timedelta(seconds=1)) == 0
    assert carry_on(june, CUT) == 1

    (after,) = read(june, tables.dossiers)
    kept = ("due_at", "promised_at", "history", "release", "status", "code", "received_at")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert (after["model"], after["receiving"], after["deciding"]) == (
        "two-level", "H49.99.02", "UBND.06856",
    )  # fmt: skip
    (now,) = open_tasks(june, dossier)
    assert (now["unit"], now["centre"]) == ("UBND.06856", "H49.99.02")
    # The officer works at the commune too: the claim and the draft are still theirs.
    assert now["draft"] == {"measured_area": "408,2"}
    assert now["holder"] is not None
    line = read(june, tables.handovers, tables.handovers.c.dossier == dossier)[-1]
    told_of = ("from_unit", "to_unit", "to_role", "note")
    assert [line[name] for name in told_of] == [
        "UBND.BL", "UBND.06856", "officer", "Hai cấp từ 01/7",
    ]  # fmt: skip
    assert read(june, tables.cutovers)[0]["state"] == "done"
    june.now = CUT + timedelta(days=7, hours=9)
    with june.acting("officer1.luchon") as tx:
        assert tasks.complete(tx, now["id"], CHECKED).incident is None
    with june.database.reading() as connection:
        assert breaches(connection, june.now) == ()
    (item,) = read(june, tables.cutover_items, tables.cutover_items.c.cutover == cut)
    assert item["said"] == {
        "receiving": ["BL.DT", "H49.99.02"],
        "deciding": ["UBND.BL", "UBND.06856"],
    }


def test_a_claim_of_somebody_who_does_not_work_there_is_given_up_but_the_draft_stays(
    june: Office,
) -> None:
    dossier = receive(june, "a", "reception1.luchon", "BL.DT", model="three-level")
    (task,) = open_tasks(june, dossier)
    with june.acting("officer1.hoanhmo") as tx:  # at the district all three communes' officers sit
        tasks.save_draft(tx, task["id"], {"measured_area": "410"})
    plan(june)
    carry_on(june, CUT)
    (now,) = open_tasks(june, dossier)
    assert (now["holder"], now["draft"]) == (None, {"measured_area": "410"})
    desk = [row for row in read(june, tables.journal) if row["kind"] == "desk"]
    assert desk[-1]["fact"]["released"] == "officer1.hoanhmo"


def test_a_trial_of_the_new_model_is_left_alone(june: Office) -> None:
    receive(june, "b", "reception1.binhlieu", "H49.99.01", model="two-level", trial=True)
    before = read(june, tables.dossiers)
    plan(june)
    assert carry_on(june, CUT) == 0
    assert read(june, tables.dossiers) == before


def test_where_nobody_decides_the_dossier_stays_and_says_why(june: Office) -> None:
    dossier = receive(june, "a", "reception1.binhlieu", "H49.99.01", model="three-level")
    nowhere = update(tables.dossiers).where(tables.dossiers.c.id == dossier)
    with june.database.engine.begin() as connection:
        connection.execute(nowhere.values(territory="09999"))
    plan(june)
    assert carry_on(june, CUT) == 1
    (item,) = read(june, tables.cutover_items)
    assert (item["state"], item["said"]["why"]) == ("stays", "unit")
    page = words(june.browser("admin").get("/cutovers/1").text)
    assert "Không tìm được cơ quan: Uỷ ban nhân dân cấp xã phụ trách xã có mã 09999" in page
    assert read(june, tables.dossiers)[0]["model"] == "three-level"


def test_a_plan_is_made_once_and_can_be_taken_back_before_its_instant(june: Office) -> None:
    with june.acting("admin") as tx, pytest.raises(SameModel):
        cutover.plan(tx, from_model="two-level", to_model="two-level", at=CUT, reason="Nhầm")
    first = plan(june)
    with pytest.raises(CutoverPlanned):
        plan(june)
    with june.acting("admin") as tx:
        cutover.cancel(tx, first)
    with june.acting("admin") as tx, pytest.raises(CutoverPlanned):
        cutover.cancel(tx, first)
    with june.acting("admin") as tx, pytest.raises(UnknownCutover):
        cutover.cancel(tx, 99)
    receive(june, "a", "reception1.binhlieu", "H49.99.01", model="three-level")
    assert carry_on(june, CUT) == 0
    plan(june)
    assert carry_on(june, CUT) == 1


def test_an_instant_that_is_not_ahead_is_refused_for_nothing_could_take_it_back(
    june: Office,
) -> None:
    for past in (JUNE - timedelta(days=400), JUNE):
        with pytest.raises(BadInstant):
            plan(june, past)
    assert read(june, tables.cutovers) == []
    plan(june, JUNE + timedelta(seconds=1))


def test_slip_06_has_no_line_where_the_same_office_decides_as_before(june: Office) -> None:
    dossier = receive(june, "a", "reception1.binhlieu", "H49.99.01")
    ours = tables.dossiers.c.id == dossier
    with june.database.engine.begin() as connection:
        connection.execute(update(tables.dossiers).values(deciding="UBND.06838").where(ours))
        connection.execute(update(tables.tasks).values(unit="UBND.06838"))
    before = read(june, tables.handovers)
    plan(june)
    assert carry_on(june, CUT) == 1
    assert read(june, tables.dossiers)[0]["model"] == "two-level"
    assert read(june, tables.handovers) == before
    with june.database.reading() as connection:
        assert breaches(connection, CUT) == ()
    page = words(june.browser("admin").get("/cutovers/1").text)
    assert "đã bàn giao giữ nguyên cơ quan" in page


def test_a_crash_in_the_middle_hands_over_each_dossier_once(june: Office) -> None:
    for key in "abc":
        receive(june, key, "reception1.binhlieu", "H49.99.01", model="three-level")
    plan(june)
    stops = iter((False, True))
    assert cutover.carry_on(june.database, CUT, lambda: next(stops)) == 1
    assert carry_on(june, CUT) == 2
    handed = [row for row in read(june, tables.journal) if row["kind"] == "handed_over"]
    assert len(handed) == len({row["dossier"] for row in handed}) == 3


def test_where_a_result_is_wanted_and_where_the_folder_lies_follow_the_offices(
    june: Office,
) -> None:
    place = ("reception1.luchon", "BL.DT")
    dossier = receive(june, "a", *place, model="three-level", return_at="BL.CN")
    with june.acting("reception1.luchon") as tx:
        tx.connection.execute(update(tables.dossiers).values(folder_at="BL.DT"))
    plan(june)
    assert carry_on(june, CUT) == 1
    (after,) = read(june, tables.dossiers)
    assert (after["return_at"], after["folder_at"]) == ("H49.99.01", "H49.99.02")
    seen = read(june, tables.concerned, tables.concerned.c.dossier == dossier)
    assert "H49.99.01" in {row["unit"] for row in seen}


def test_a_folder_under_way_arrives_where_the_dossier_goes(june: Office) -> None:
    dossier = receive(june, "k1", "reception1.binhlieu", "H49.99.01")
    (row,) = [one for one in read(june, tables.dossiers) if one["id"] == dossier]
    old = row["deciding"]
    assert old != row["receiving"]
    with june.acting("reception1.binhlieu") as tx:
        folders.send(tx, [dossier], old)
    plan(june)
    carry_on(june, CUT)
    (moved,) = [one for one in read(june, tables.dossiers) if one["id"] == dossier]
    (folder,) = read(june, tables.folders)
    assert (moved["model"], moved["deciding"] != old) == ("two-level", True)
    assert folder["to_unit"] == moved["deciding"]
    june.now = CUT + timedelta(hours=9)
    with june.acting("officer1.binhlieu") as tx:
        assert folders.take(tx, [folder["id"]]) == 1


def on_its_way(office: Office) -> int:
    """A dossier of offices that end, its folder given and not yet confirmed."""
    dossier = receive(office, "a", "reception1.luchon", "BL.DT", model="three-level")
    with office.acting("reception1.luchon") as tx:
        folders.send(tx, [dossier], "UBND.BL")
    return dossier


def test_a_folder_under_way_is_still_seen_and_taken_back_by_whoever_goes_on_for_the_giver(
    june: Office,
) -> None:
    on_its_way(june)
    plan(june)
    carry_on(june, CUT)
    june.now = CUT + timedelta(hours=9)
    (row,) = read(june, tables.folders)
    assert (row["from_unit"], row["to_unit"]) == ("H49.99.02", "UBND.06856")
    with june.acting("reception1.luchon") as tx:
        assert len(under_way(tx.connection, tx.actor)) == 1
        assert folders.take_back(tx, [row["id"]]) == 1


def test_a_folder_under_way_between_two_offices_that_become_one_has_arrived(june: Office) -> None:
    on_its_way(june)
    with june.acting("reception1.luchon") as tx:
        tx.connection.execute(update(tables.folders).values(from_unit="UBND.BL", to_unit="UBND.BL"))
    plan(june)
    carry_on(june, CUT)
    assert read(june, tables.folders) == []
    assert read(june, tables.dossiers)[0]["folder_at"] == "UBND.06856"


def stopped(office: Office, key: str, **told: object) -> int:
    """A dossier of an office that ends, withdrawn; its folder lies where it came in."""
    dossier = receive(office, key, "reception1.luchon", "BL.DT", model="three-level", **told)
    with office.acting("leader.luchon") as tx:
        suspending.cancel(tx, dossier, "Người nộp đề nghị rút", withdrawn=True)
    return dossier


def row_of(office: Office, dossier: int) -> dict[str, Any]:
    return read(office, tables.dossiers, tables.dossiers.c.id == dossier)[0]


def test_papers_of_a_stopped_dossier_still_come_home_after_their_offices_have_ended(
    june: Office,
) -> None:
    dossier, at_home = stopped(june, "a", return_at="BL.CN"), stopped(june, "b")
    number = plan(june)
    assert carry_on(june, CUT) == 2
    after, other = row_of(june, dossier), row_of(june, at_home)
    assert (after["model"], after["receiving"]) == ("three-level", "BL.DT")
    assert (after["folder_at"], after["return_at"]) == ("H49.99.02", "H49.99.01")
    # Its papers waited at an office that has ended: they are fetched where that goes on.
    assert (other["folder_at"], other["return_at"]) == ("H49.99.02", "H49.99.02")
    page = words(june.browser("admin").get(f"/cutovers/{number}").text)
    assert "bàn giao hồ sơ giấy" in page
    assert "→ Trung tâm Phục vụ hành chính công xã Bình Liêu" in page
    june.now = CUT + timedelta(hours=9)
    with june.acting("reception1.luchon") as tx:
        assert [one.office for one in to_send(tx.connection, tx.actor)] == ["H49.99.01"]
        folders.send(tx, [dossier], "H49.99.01")
        assert folders.give_back(tx, at_home)
    with june.acting("reception1.binhlieu") as tx:
        (folder,) = read(june, tables.folders)
        assert folders.take(tx, [folder["id"]]) == 1
    june.now += timedelta(minutes=1)
    plan(june, june.now + timedelta(minutes=1))
    carry_on(june, june.now + timedelta(minutes=1))
    told = read(june, tables.journal, tables.journal.c.kind == "folder_follows")
    assert len(told) == 2, "nothing has moved since"


def test_a_folder_of_a_stopped_dossier_on_its_way_is_taken_and_read_where_it_arrives(
    june: Office,
) -> None:
    dossier = on_its_way(june)
    with june.acting("leader.luchon") as tx:
        suspending.cancel(tx, dossier, "Người nộp đề nghị rút", withdrawn=True)
    plan(june)
    assert carry_on(june, CUT) == 1
    (folder,) = read(june, tables.folders)
    assert (folder["from_unit"], folder["to_unit"]) == ("H49.99.02", "UBND.06856")
    (told,) = read(june, tables.journal, tables.journal.c.kind == "folder_follows")
    assert told["fact"]["to_unit"] == ["UBND.BL", "UBND.06856"]
    june.now = CUT + timedelta(hours=9)
    officer, code = june.browser("officer1.luchon"), row_of(june, dossier)["code"]
    assert officer.get(f"/dossiers/{code}").status_code == 200
    with june.acting("officer1.luchon") as tx:
        assert folders.take(tx, [folder["id"]]) == 1
        assert [one.office for one in to_send(tx.connection, tx.actor)] == ["H49.99.02"]


def test_the_book_of_a_closed_office_says_the_same_after_papers_have_followed(
    june: Office,
) -> None:
    on_its_way(june)
    with june.acting("reception1.luchon") as tx:
        returned = {"status": 10, "returned_at": june.now}
        tx.connection.execute(update(tables.dossiers).values(**returned))
    stopped(june, "b", return_at="BL.CN")

    def book() -> list[dict[str, Any]]:
        with june.database.reading() as connection:
            return sheets.ledger_rows(connection, "BL.DT", JUNE.date(), CUT.date())

    before = book()
    plan(june)
    assert carry_on(june, CUT) == 2
    assert read(june, tables.folders)[0]["to_unit"] == "UBND.06856"
    assert book() == before


def test_an_opinion_asked_of_an_office_that_ends_is_given_by_the_one_that_goes_on(
    june: Office,
) -> None:
    dossier, (task, lost) = asked_of_an_office_that_ends(june)
    carry_on(june, CUT)
    found = {row["id"]: row for row in read(june, tables.tasks)}
    assert (found[task]["state"], found[task]["unit"]) == ("open", "H49.99.01")
    # Nobody there holds the other post: it waits for nobody, and the story says so.
    assert found[lost]["state"] == "withdrawn"
    (gone,) = [row["fact"] for row in read(june, tables.journal) if row["kind"] == "withdrawn"]
    assert (gone["step"], gone["unit"]) == ("side.opinion", "H49.99.01")
    assert [row for row in read(june, tables.incidents) if row["closed_at"] is None] == []
    june.now = CUT + timedelta(hours=9)
    with june.acting("reception1.binhlieu") as tx:
        answer = {"position": "agree", "opinion": "Đúng như sổ."}
        assert tasks.complete(tx, task, answer).dossier == dossier


def asked_of_an_office_that_ends(june: Office) -> tuple[int, tuple[str, str]]:
    """A dossier, and two opinions asked of the district's branch: for one a post goes on."""
    with june.acting("admin") as tx:
        person = tx.connection.scalar(
            select(tables.persons.c.id).where(tables.persons.c.login == "reception1.binhlieu")
        )
        assert person is not None
        for role, office in (("liaison", "BL.CN"), ("officer", "BL.CN"), ("liaison", "H49.99.01")):
            organisation.add_post(tx, person, role, office, JUNE)
    dossier = receive(june, "a", "reception1.luchon", "BL.DT", model="three-level")
    with june.acting("reception1.luchon") as tx:
        asked = [
            beside.ask_opinion(tx, dossier, role, "BL.CN", "Có trong sổ không?", 10)
            for role in ("liaison", "officer")
        ]
    plan(june)
    return dossier, (asked[0], asked[1])
