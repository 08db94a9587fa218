"""Who may give which order: every command, as every role of its own and another centre."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, insert, select

import engine.commands
from engine.bpmn.beginnings import Beginning
from engine.calendar import ZONE, CalendarDay
from engine.commands import (
    absences,
    applicants,
    beginnings,
    beside,
    calendar,
    checking,
    citizens,
    closing,
    cutover,
    documents,
    dossiers,
    due,
    extending,
    folders,
    jumping,
    letters,
    links,
    messages,
    moving,
    notices,
    organisation,
    payments,
    printing,
    redirecting,
    reissuing,
    releases,
    retries,
    returning,
    suspending,
    sweeping,
    tasks,
    trials,
    visits,
    watching,
)
from engine.commands.brought import look
from engine.errors import ClaimedByAnother, Fault, MayNot, NotFound
from engine.package import load_folder
from engine.store import dossiers as dossier_rows
from engine.store import tables
from engine.store.database import Transaction
from engine.store.organisation import CLOCK, Actor, Post, Unit, actor_of
from tests.app.test_first_dossier import receive
from tests.authority.test_routes import LOGINS, picture
from tests.office import ROOT, Office

NOW = datetime(2025, 7, 9, 10, tzinfo=ZONE)
CENTRE = "H49.99.01"
HERE = frozenset(login for login in LOGINS if login.endswith(".binhlieu"))
SPEAKERS = HERE | {"controller", "admin"}
SEEING = HERE | {"controller", "admin", "auditor"}
WORKERS = frozenset(login for login in LOGINS if "." in login)
BOSSES = frozenset({"director.binhlieu", "controller", "admin"})
DECIDES = BOSSES | {"leader.binhlieu"}
STUCK = ("FieldCheck", "LeaderDecision")
# Those above the commune's land officer; the centre's director is not.
ABOVE = frozenset({"leader.binhlieu", "controller", "admin"})
MONEY = BOSSES | {"reception1.binhlieu", "cashier.binhlieu"}
ADMIN, RECEPTION = frozenset({"admin"}), frozenset({"reception1.binhlieu"})
PACKAGE = load_folder(ROOT / "processes", ROOT / "forms", "land-confirmation")


@dataclass(frozen=True)
class World:
    """A dossier that lies with the land officer, held by officer2; what the orders are about."""

    office: Office
    code: str
    dossier: int
    task: str
    slip: int
    visit: int
    absence: int
    notice: int
    message: int
    payment: int
    folder: int
    document: int
    incident: int
    due: int
    post: int
    move: int
    run: str
    jump: int
    persons: dict[str, int]
    opinion: str = ""


def told(world: World) -> dict[str, Any]:
    return {
        "procedure": "land-confirmation",
        "centre": CENTRE,
        "key": "a key of this order",
        "applicant": {"name": "Hồ sơ mẫu 08", "citizen_id": "022080000008"},
        "answers": {},
        "papers": {},
    }


def opening() -> beginnings.Opening:
    begins = Beginning("Arrived", "signal", "storm")
    return beginnings.Opening(
        "land-confirmation", PACKAGE.digest, CENTRE, "two-level", False, begins, "a key", {}
    )


THE_CLOCKS = {
    "due.take", "letters.hand", "letters.call_out", "letters.hear", "beginnings.open_by",
    "beginnings.by_letter", "moving.take",
    "moving.close", "watching.halt", "watching.report", "checking.judged", "cutover.begin",
    "notices.take", "notices.delivered", "notices.failed", "notices.digest",
    "sweeping.forget", "watching.mention", "watching.chase", "watching.hush",
    "watching.nudge",
    "cutover.close", "cutover.hand_over", "calendar.close", "calendar.count_anew",
}  # fmt: skip
Order = Callable[[Transaction, World], Any]
# What only whoever holds the slip may do.
OF_CITIZENS: dict[str, Order] = {
    "send_papers": lambda tx, w: citizens.send_papers(tx, w.code, "x", "", [], "k"),
    "ask_withdrawal": lambda tx, w: citizens.ask_withdrawal(tx, w.code, "x", "Thôi", "k"),
    "give_feedback": lambda tx, w: citizens.give_feedback(tx, w.code, "x", "Chậm", "k"),
    "rate": lambda tx, w: citizens.rate(tx, w.code, "x", 3),
    "send_by_link": lambda tx, w: links.send_by_link(tx, "x", []),
    "fetch_result": lambda tx, w: citizens.fetch_result(tx, w.code, "x", 1),
}
LETTER = notices.Outgoing(1, "sms", "0900000007", "", "Da nhan ho so", "received:1:1")
# Command → who is let through, and the order given. What is let through may still fail on its
# words; who is not let through must meet MayNot, or find nothing there.
ORDERS: dict[str, tuple[frozenset[str], Order]] = {
    "absences.arrange_absence": (
        ABOVE,
        lambda tx, w: absences.arrange_absence(
            tx,
            w.persons["officer1.binhlieu"],
            w.persons["officer2.binhlieu"],
            NOW,
            NOW + timedelta(days=2),
            "Phân công mẫu 01",
        ),
    ),
    "absences.end_absence": (ABOVE, lambda tx, w: absences.end_absence(tx, w.absence)),
    "applicants.reveal": (SEEING, lambda tx, w: applicants.reveal(tx, w.dossier)),
    "beside.ask_opinion": (
        SPEAKERS,
        lambda tx, w: beside.ask_opinion(
            tx, w.dossier, "liaison", "VPDK.BL", "Thửa 345 thuộc tờ nào?", 3
        ),
    ),
    "beside.withdraw_opinion": (
        DECIDES | {"reception1.binhlieu"},  # who asked
        lambda tx, w: beside.withdraw_opinion(tx, w.opinion, "Không cần nữa"),
    ),
    "calendar.set_day": (ADMIN, lambda tx, w: calendar.set_day(tx, storm())),
    "calendar.set_days": (ADMIN, lambda tx, w: calendar.set_days(tx, [storm()])),
    "calendar.seed_official_days": (
        ADMIN,
        lambda tx, w: calendar.seed_official_days(tx, (2027,)),
    ),
    "calendar.recount": (ADMIN, lambda tx, w: calendar.recount(tx, "Nghỉ bão")),
    "calendar.close": (frozenset(), lambda tx, w: calendar.close(tx, 1)),
    "calendar.count_anew": (frozenset(), lambda tx, w: calendar.count_anew(tx, 1, w.dossier)),
    "documents.put_upload": (
        WORKERS,
        lambda tx, w: documents.put_upload(tx, look("anh.png", picture())),
    ),
    "documents.opened": (WORKERS, lambda tx, w: documents.opened(tx, [])),
    "documents.put_joined": (
        WORKERS,
        lambda tx, w: documents.put_joined(tx, [], look("anh.png", picture())),
    ),
    "documents.read": (SEEING, lambda tx, w: documents.read(tx, w.code, w.document)),
    "documents.read_slip": (SEEING, lambda tx, w: documents.read_slip(tx, w.code, w.slip)),
    "documents.visit_slip": (RECEPTION, lambda tx, w: documents.visit_slip(tx, w.visit)),
    "dossiers.receive": (RECEPTION, lambda tx, w: dossiers.receive(tx, **told(w))),
    "visits.guide": (
        RECEPTION,
        lambda tx, w: visits.guide(tx, missing=[{"paper": "form"}], reason="Thiếu", **told(w)),
    ),
    "visits.refuse": (
        RECEPTION,
        lambda tx, w: visits.refuse(tx, reason="Không đúng thẩm quyền", **told(w)),
    ),
    "due.take": (frozenset(), lambda tx, w: due.take(tx, w.due, w.dossier)),
    "beginnings.open_by": (frozenset(), lambda tx, w: beginnings.open_by(tx, opening())),
    "beginnings.by_letter": (
        frozenset(),
        lambda tx, w: beginnings.by_letter(tx, SimpleNamespace(**vars(STORM), dossier=w.dossier)),
    ),
    "letters.hand": (
        frozenset(),
        lambda tx, w: letters.hand(
            tx, STORM, w.dossier, str(dossier_rows.main_run(tx.connection, w.dossier))
        ),
    ),
    "letters.call_out": (frozenset(), lambda tx, w: letters.call_out(tx, 1)),
    "letters.hear": (
        frozenset(),
        lambda tx, w: letters.hear(tx, 1, str(dossier_rows.main_run(tx.connection, w.dossier))),
    ),
    "retries.retry": (BOSSES, lambda tx, w: retries.retry(tx, w.incident)),
    "moving.start": (ADMIN, lambda tx, w: moving.start(tx, PACKAGE.digest, reason="Đổi tên")),
    "moving.stop": (ADMIN, lambda tx, w: moving.stop(tx, w.move)),
    "moving.resume": (ADMIN, lambda tx, w: moving.resume(tx, w.move)),
    "moving.revert": (ADMIN, lambda tx, w: moving.revert(tx, w.move)),
    "moving.take": (frozenset(), lambda tx, w: moving.take(tx, w.move, w.dossier)),
    "moving.close": (frozenset(), lambda tx, w: moving.close(tx, w.move)),
    "cutover.plan": (
        ADMIN,
        lambda tx, w: cutover.plan(
            tx,
            from_model="three-level",
            to_model="two-level",
            at=NOW + timedelta(days=1),
            reason="Hai cấp",
        ),
    ),
    "cutover.cancel": (ADMIN, lambda tx, w: cutover.cancel(tx, 1)),
    "cutover.begin": (frozenset(), lambda tx, w: cutover.begin(tx, 1)),
    "cutover.close": (frozenset(), lambda tx, w: cutover.close(tx, 1)),
    "cutover.hand_over": (frozenset(), lambda tx, w: cutover.hand_over(tx, 1, w.dossier)),
    "closing.close": (
        ADMIN,
        lambda tx, w: closing.close(tx, "land-confirmation", at=NOW, reason="Bãi bỏ"),
    ),
    "closing.reopen": (ADMIN, lambda tx, w: closing.reopen(tx, "land-confirmation")),
    "visits.redirect": (
        RECEPTION,
        lambda tx, w: visits.redirect(tx, to="Thuế cơ sở", reason="Không thuộc", **told(w)),
    ),
    "documents.reuse": (
        HERE,
        lambda tx, w: documents.reuse(tx, w.code, w.document, "Còn giá trị"),
    ),
    "links.open_link": (WORKERS, lambda tx, w: links.open_link(tx, "f", "paper.form.file")),
    "links.finish": (WORKERS, lambda tx, w: links.finish(tx, "f")),
    "links.fetch_linked": (WORKERS, lambda tx, w: links.fetch_linked(tx, "f")),
    "sweeping.forget": (frozenset(), lambda tx, w: sweeping.forget(tx)),
    "watching.mention": (frozenset(), lambda tx, w: watching.mention(tx, w.task, w.dossier)),
    "watching.nudge": (frozenset(), lambda tx, w: watching.nudge(tx, w.task, w.dossier)),
    "watching.chase": (frozenset(), lambda tx, w: watching.chase(tx, w.task, w.dossier)),
    "watching.hush": (frozenset(), lambda tx, w: watching.hush(tx)),
    "documents.reprint": (SEEING, lambda tx, w: documents.reprint(tx, w.code, w.slip)),
    "folders.send": (
        RECEPTION | {"cashier.binhlieu", "clerk.binhlieu", "director.binhlieu"},
        lambda tx, w: folders.send(tx, [w.dossier], "UBND.06838"),
    ),
    "folders.take_back": (
        RECEPTION | {"cashier.binhlieu", "clerk.binhlieu", "director.binhlieu"},
        lambda tx, w: folders.take_back(tx, [w.folder]),
    ),
    "folders.take": (
        frozenset({"officer1.binhlieu", "leader.binhlieu", "clerk.binhlieu"}),
        lambda tx, w: folders.take(tx, [w.folder]),
    ),
    "folders.give_back": (RECEPTION, lambda tx, w: folders.give_back(tx, w.dossier)),
    "payments.collect": (
        MONEY,
        lambda tx, w: payments.collect(tx, w.payment, "cash", "AA/01"),
    ),
    "payments.waive": (MONEY, lambda tx, w: payments.waive(tx, w.payment, "Hộ nghèo")),
    "payments.refund": (MONEY, lambda tx, w: payments.refund(tx, w.payment, "Rút đơn")),
    "redirecting.redirect": (
        DECIDES,
        lambda tx, w: redirecting.redirect(tx, w.dossier, "UBND.06841", "Đất ở xã khác"),
    ),
    "redirecting.change_limit": (
        frozenset({"leader.binhlieu"}),
        lambda tx, w: redirecting.change_limit(tx, w.dossier, "far", "Vùng cao"),
    ),
    "reissuing.replace_receipt": (
        DECIDES | RECEPTION,
        lambda tx, w: reissuing.replace_receipt(tx, w.dossier, "Báo mất"),
    ),
    "returning.choose": (
        DECIDES | RECEPTION,
        lambda tx, w: returning.choose(tx, w.dossier, "post"),
    ),
    "reissuing.correct_receipt": (
        DECIDES | RECEPTION,
        lambda tx, w: reissuing.correct_receipt(tx, w.dossier, NOW, "Gõ nhầm giờ"),
    ),
    "suspending.suspend": (DECIDES, lambda tx, w: suspending.suspend(tx, w.dossier, "Bão")),
    "suspending.resume": (DECIDES, lambda tx, w: suspending.resume(tx, w.dossier, "Hết bão")),
    "suspending.cancel": (DECIDES, lambda tx, w: suspending.cancel(tx, w.dossier, "Rút đơn")),
    "extending.extend": (
        frozenset({"leader.binhlieu"}),
        lambda tx, w: extending.extend(tx, w.dossier, 2, "Chờ đo đạc"),
    ),
    "printing.control_slip": (SEEING, lambda tx, w: printing.control_slip(tx, w.code)),
    "printing.ledger": (
        SEEING - {"officer1.binhlieu", "leader.binhlieu"},
        lambda tx, w: printing.ledger(tx, CENTRE, NOW.date(), NOW.date()),
    ),
    "jumping.look": (BOSSES, lambda tx, w: jumping.look(tx, w.dossier, w.run, *STUCK)),
    "jumping.propose": (
        BOSSES,
        lambda tx, w: jumping.propose(tx, w.dossier, w.run, *STUCK, "Bị kẹt"),
    ),
    "jumping.confirm": (BOSSES, lambda tx, w: jumping.confirm(tx, w.jump)),
    "jumping.refuse": (BOSSES, lambda tx, w: jumping.refuse(tx, w.jump)),
    "trials.purge": (ADMIN, lambda tx, w: trials.purge(tx, until=NOW, reason="Hết thử nghiệm")),
    "watching.report": (frozenset(), lambda tx, w: watching.report(tx, w.dossier)),
    "checking.judged": (
        frozenset(),
        lambda tx, w: checking.judged(tx, PACKAGE.digest, {"errors": 0, "walks": []}),
    ),
    "releases.bring": (frozenset({"designer"}), lambda tx, w: releases.bring(tx, PACKAGE)),
    "releases.discard": (
        frozenset({"designer"}),
        lambda tx, w: releases.discard(tx, PACKAGE.digest),
    ),
    **{
        f"{'links' if name == 'send_by_link' else 'citizens'}.{name}": (frozenset(), order)
        for name, order in OF_CITIZENS.items()
    },
    "messages.write_note": (
        SPEAKERS,
        lambda tx, w: messages.write_note(tx, w.dossier, "Đã gọi điện"),
    ),
    "messages.write_message": (
        SPEAKERS,
        lambda tx, w: messages.write_message(tx, w.dossier, "Mời bổ sung"),
    ),
    "messages.answer": (SPEAKERS, lambda tx, w: messages.answer(tx, w.message, "Đã rõ")),
    "notices.take": (frozenset(), lambda tx, w: notices.take(tx, w.notice, ("sms",))),
    "notices.delivered": (frozenset(), lambda tx, w: notices.delivered(tx, LETTER)),
    "notices.failed": (frozenset(), lambda tx, w: notices.failed(tx, LETTER, OSError())),
    "notices.digest": (frozenset(), lambda tx, w: notices.digest(tx, 1)),
    "notices.resend": (BOSSES, lambda tx, w: notices.resend(tx, w.notice)),
    "notices.set_address": (
        frozenset(LOGINS),
        lambda tx, w: notices.set_address(tx, "mau@example.vn", "vi"),
    ),
    "organisation.add_unit": (ADMIN, lambda tx, w: organisation.add_unit(tx, new_unit())),
    "organisation.add_person": (
        ADMIN,
        lambda tx, w: organisation.add_person(tx, "officer9.binhlieu", "Công chức mẫu 09"),
    ),
    "organisation.add_post": (
        ADMIN,
        lambda tx, w: organisation.add_post(
            tx, w.persons["officer1.binhlieu"], "clerk", "UBND.06838", NOW
        ),
    ),
    "organisation.end_post": (ADMIN, lambda tx, w: organisation.end_post(tx, w.post)),
    "releases.publish": (frozenset({"designer"}), lambda tx, w: releases.publish(tx, PACKAGE)),
    "releases.approve": (
        frozenset({"approver"}),
        lambda tx, w: releases.approve(tx, PACKAGE.digest, "QĐ mẫu 02/2025"),
    ),
    "releases.roll_out": (
        ADMIN,
        lambda tx, w: releases.roll_out(
            tx, PACKAGE.digest, model="two-level", valid_from=NOW, centre=CENTRE, trial=True
        ),
    ),
    "releases.withdraw": (
        frozenset({"approver"}),
        lambda tx, w: releases.withdraw(tx, PACKAGE.digest, "Sai căn cứ"),
    ),
    "releases.step_back": (ADMIN, lambda tx, w: releases.step_back(tx, 1, "Sai căn cứ")),
    "watching.halt": (frozenset(), lambda tx, w: watching.halt(tx, 1)),
    "tasks.claim": (frozenset(), lambda tx, w: tasks.claim(tx, w.task)),
    "tasks.save_draft": (frozenset(), lambda tx, w: tasks.save_draft(tx, w.task, {})),
    "tasks.complete": (frozenset(), lambda tx, w: tasks.complete(tx, w.task, {})),
    "tasks.release": (
        ABOVE,
        lambda tx, w: tasks.release(tx, w.task),
    ),
    "tasks.reassign": (
        ABOVE,
        lambda tx, w: tasks.reassign(tx, w.task, w.persons["officer1.binhlieu"], "Đi công tác"),
    ),
}
# What works inside another command's transaction, after that command asked the judge.
INSIDE = {"due.put_off", "issuing.head", "releases.release_of"}


STORM = SimpleNamespace(name="storm", payload={}, kind="signal", correlation={})


def storm() -> CalendarDay:
    return CalendarDay(NOW.date() + timedelta(days=1), "off", scope=CENTRE, source="Bão · mẫu")


def new_unit() -> Unit:
    return Unit(
        code="H49.99.77", kind="centre", name_vi="Trung tâm mẫu", name_en="Sample centre",
        parent=None, territory=None, series=None, trial_series=None, address_vi="", phone="",
        valid_from=NOW, valid_until=None,
    )  # fmt: skip


class Undone(Exception):
    """Takes a transaction back after it did what it should."""


@pytest.fixture
def world(office: Office) -> Iterator[World]:
    code = receive(office)
    office.now = NOW
    database = office.database
    with database.reading() as connection:
        persons = dict(
            tuple(row)
            for row in connection.execute(select(tables.persons.c.login, tables.persons.c.id))
        )
        officer = actor_of(connection, "officer2.binhlieu", NOW)
        reception = actor_of(connection, "reception1.binhlieu", NOW)
    assert officer and reception
    with database.transaction(officer, NOW) as tx:
        tasks.claim(tx, office.open_task())
    with database.transaction(reception, NOW) as tx:
        given: dict[str, Any] = {**told_plain(), "missing": [{"paper": "form"}], "reason": "Thiếu"}
        visit = visits.guide(tx, **given)
        upload = documents.put_upload(tx, look("anh.png", picture()))
        held = tx.connection
        dossier = held.scalars(select(tables.dossiers.c.id)).one()
        document = held.execute(
            insert(tables.documents)
            .values(
                dossier=dossier,
                paper="form",
                name="anh.png",
                media="image/png",
                size=1,
                pages=1,
                sha256=held.scalars(
                    select(tables.uploads.c.sha256).where(tables.uploads.c.token == upload.token)
                ).one(),
                added_at=NOW,
                added_by=reception.person,
            )
            .returning(tables.documents.c.id)
        ).scalar_one()
        run = held.scalars(select(tables.runs.c.id)).one()
        incident = held.execute(
            insert(tables.incidents)
            .values(
                dossier=dossier,
                centre=CENTRE,
                run=run,
                element="Check",
                name="Kiểm tra",
                cause="mẫu",
                input={"do": "throw", "name": "due_soon"},
                opened_at=NOW,
            )
            .returning(tables.incidents.c.id)
        ).scalar_one()
        plan = {
            "procedure": "land-confirmation", "digest": PACKAGE.digest, "mapping": {},
            "recompute": False, "reason": "Thử", "state": "running", "decided_at": NOW,
        }  # fmt: skip
        held.execute(
            insert(tables.cutovers).values(
                from_model="three-level", to_model="two-level", at=NOW + timedelta(days=1),
                reason="Hai cấp", state="planned", decided_at=NOW,
            )
        )  # fmt: skip
        moved = held.execute(insert(tables.moves).values(plan).returning(tables.moves.c.id))
        away = insert(tables.absences).values(
            person=persons["officer1.binhlieu"], substitute=persons["clerk.binhlieu"],
            unit="UBND.06838", valid_from=NOW, valid_until=NOW + timedelta(days=9), basis="Mẫu",
            decided_at=NOW,
        )  # fmt: skip
        absence = held.scalar(away.returning(tables.absences.c.id)) or 0
        heard = insert(tables.messages).values(
            dossier=dossier, centre=CENTRE, kind="feedback", text="Chậm", at=NOW, owed_at=NOW
        )
        message = held.scalar(heard.returning(tables.messages.c.id)) or 0
        fee = insert(tables.payments).values(
            dossier=dossier, centre=CENTRE, fee="mau", title_vi="Lệ phí", title_en="Fee",
            amount=8000, state="owed", at=NOW,
        )  # fmt: skip
        payment = held.scalar(fee.returning(tables.payments.c.id)) or 0
        given_away = insert(tables.folders).values(
            dossier=dossier, centre=CENTRE, from_unit=CENTRE, to_unit="UBND.06838",
            sent_at=NOW, sent_by=reception.person,
        )  # fmt: skip
        folder = held.scalar(given_away.returning(tables.folders.c.id)) or 0
        notice = held.scalars(select(tables.notices.c.id)).first() or 0
        found = World(
            office, code, dossier, office.open_task(),
            held.scalars(select(tables.slips.c.id)).one(), visit.id, absence, notice, message,
            payment, folder,
            document, incident,
            held.scalars(select(tables.due.c.id)).first() or 0,
            held.scalars(select(tables.posts.c.id)).first() or 0, moved.scalar_one(), run,
            held.execute(
                insert(tables.jumps)
                .values(
                    dossier=dossier, centre=CENTRE, run=run, from_step=STUCK[0], to_step=STUCK[1],
                    reason="Bị kẹt", revision=0, state="proposed", proposed_at=NOW,
                )
                .returning(tables.jumps.c.id)
            ).scalar_one(),
            persons,
        )  # fmt: skip
    with database.transaction(reception, NOW) as tx:
        asked = beside.ask_opinion(tx, dossier, "leader", "UBND.06838", "Ký được không?", 3)
    yield replace(found, opinion=asked)


def told_plain() -> dict[str, Any]:
    return {
        "procedure": "land-confirmation", "centre": CENTRE, "key": "a key of a visit",
        "applicant": {"name": "Hồ sơ mẫu 09", "citizen_id": "022080000009"},
        "answers": {}, "papers": {},
    }  # fmt: skip


def rows(world: World) -> dict[str, int]:
    """How much there is of everything."""
    with world.office.database.reading() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in tables.metadata.sorted_tables
        }


def let_through(world: World, actor: Actor, order: Order) -> bool:
    """Whether the judge let it pass; what it did is taken back."""
    try:
        with world.office.database.transaction(actor, NOW) as tx:
            order(tx, world)
            raise Undone
    except (MayNot, NotFound, ClaimedByAnother):
        return False
    except (Undone, Fault):
        return True


def actors(world: World) -> dict[str, Actor]:
    with world.office.database.reading() as connection:
        found = {login: actor_of(connection, login, NOW) for login in LOGINS}
    return {login: actor for login, actor in found.items() if actor is not None}


def test_every_command_lets_pass_whom_it_should(world: World) -> None:
    before = rows(world)
    people = actors(world)
    assert people.keys() == set(LOGINS)
    passed = {
        name: {login for login, actor in people.items() if let_through(world, actor, order)}
        for name, (_, order) in ORDERS.items()
    }
    assert passed == {name: set(wanted) for name, (wanted, _) in ORDERS.items()}
    assert rows(world) == before


def test_nobody_may_anything_and_the_clock_only_lets_time_pass(world: World) -> None:
    nobody = Actor(None, "", "", ())
    former = replace(actors(world)["reception1.binhlieu"], posts=())
    for name, (_, order) in ORDERS.items():
        assert not let_through(world, nobody, order), name
        assert not let_through(world, former, order), name
        if not name.startswith(
            ("applicants.", "documents.read", "documents.reprint", "printing.")
        ):  # the clock sees all dossiers
            assert let_through(world, CLOCK, order) == (name in THE_CLOCKS), name


def test_a_post_counts_from_its_first_instant_to_before_its_last(world: World) -> None:
    database, person = world.office.database, world.persons["cashier.binhlieu"]
    with database.transaction(actors(world)["admin"], NOW) as tx:
        organisation.add_post(
            tx, person, "reception", CENTRE, NOW + timedelta(days=1), NOW + timedelta(days=2)
        )
    seen = []
    for hours in (0, 24, 47, 48):
        with database.reading() as connection:
            actor = actor_of(connection, "cashier.binhlieu", NOW + timedelta(hours=hours))
        assert actor is not None
        seen.append(Post("reception", CENTRE) in actor.posts)
        assert let_through(world, actor, ORDERS["dossiers.receive"][1]) == seen[-1]
    assert seen == [False, True, True, False]


def test_there_is_an_order_for_every_command() -> None:
    found = set()
    for module in pkgutil.iter_modules(engine.commands.__path__):
        room = importlib.import_module(f"engine.commands.{module.name}")
        for name, verb in vars(room).items():
            if not inspect.isfunction(verb) or verb.__module__ != room.__name__:
                continue
            takes = next(iter(inspect.signature(verb).parameters.values()), None)
            if not name.startswith("_") and takes is not None and takes.annotation == "Transaction":
                found.add(f"{module.name}.{name}")
    assert found - INSIDE == set(ORDERS)
