"""What stands on sheets printed from the books: slip 06 of a dossier, the ledger 07."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select

from engine.authority import ALL, visible_to
from engine.calendar import ZONE
from engine.codes.statuses import GIVEN_UP
from engine.queries.wording import ROLE_NAMES
from engine.sides import OPINION
from engine.store import tables
from engine.store.organisation import Actor, Unit, units
from engine.store.tables import dossiers, handovers, journal, persons, releases, slips, tasks

APPLICANT = "applicant"  # to whom the last line hands the result, in the place of a post
MOST_ROWS = 5_000  # a book, seven seconds of typesetting; more come in shorter periods
RETURNED = {"counter": "tại quầy", "post": "bưu chính", "electronic": "điện tử"}


def control_lines(connection: Connection, dossier: int) -> list[dict[str, Any]]:
    """Every hand-over of a dossier in order: instant, giver, receiver, step, result, note."""
    names = {code: unit.name_vi for code, unit in units(connection).items()}
    rows = connection.execute(
        select(handovers, persons.c.name.label("giver"))
        .outerjoin(persons, persons.c.login == handovers.c.from_person)
        .where(handovers.c.dossier == dossier)
        .order_by(handovers.c.seq)
    )
    lines = []
    for row in rows:
        giver = row.giver or "Hệ thống"
        role = ROLE_NAMES[row.to_role].vi if row.to_role in ROLE_NAMES else ""
        to = names.get(row.to_unit, row.to_unit)
        lines.append(
            {
                "at": row.at.astimezone(ZONE).isoformat(),
                "from": f"{giver}; {names.get(row.from_unit, row.from_unit)}",
                "to": _taker(role, to, row.to_role),
                "name": row.name or "Cả hồ sơ",
                "result": row.result,
                "note": row.note,
            }
        )
    return lines


def _taker(role: str, office: str, kind: str) -> str:
    if kind == APPLICANT:
        return "Người nộp hồ sơ"
    return f"{role}; {office}" if role else office


def coordinating(connection: Connection, dossier: int) -> str | None:
    """The offices that were asked for an opinion and not told to leave it, by name."""
    asked = (
        select(tables.units.c.name_vi)
        .join(tasks, tasks.c.unit == tables.units.c.code)
        .where(tasks.c.dossier == dossier, tasks.c.step == OPINION)
        .where(tasks.c.state != "withdrawn")
        .distinct()
        .order_by(tables.units.c.name_vi)
    )
    return "; ".join(connection.scalars(asked)) or None


def ledger_rows(
    connection: Connection, centre: str, since: date, until: date
) -> list[dict[str, Any]]:
    """The live dossiers received at a centre from a day to another (included), in order.

    Also those that another office goes on with since: a closed office's book stays whole.

    One more than MOST_ROWS where there are more.
    """
    names = {code: unit.name_vi for code, unit in units(connection).items()}
    c = dossiers.c
    first = datetime.combine(since, time(), tzinfo=ZONE)
    last = datetime.combine(until + timedelta(days=1), time(), tzinfo=ZONE)
    rows = connection.execute(
        select(dossiers, releases.c.title_vi)
        .join(releases, releases.c.digest == c.release)
        .where(c.book == centre, c.trial.is_(False))
        .where(c.received_at >= first, c.received_at < last)
        .order_by(c.received_at, c.id)
        .limit(MOST_ROWS + 1)
    )
    refused = _refused(connection, centre, first, last)
    return [
        {
            "serial": row.ledger_no,
            "code": row.code,
            "procedure": row.title_vi,
            "sets": 1,
            "applicant": row.applicant_name,
            "contact": _contact(row.applicant),
            "decider": names.get(row.deciding, row.deciding),
            "received_at": _day(row.received_at),
            "promised_at": _day(row.promised_at),
            "returned_at": _day(row.returned_at),
            "how": _how(row, names),
            "note": _note(row, row.id in refused),
        }
        for row in rows
    ]


def _refused(connection: Connection, centre: str, first: datetime, last: datetime) -> set[int]:
    """The dossiers of the book whose slip 03 is in force: their work was not taken up again."""
    c = dossiers.c
    again = (
        select(func.max(journal.c.at))
        .where(journal.c.dossier == slips.c.dossier, journal.c.kind == "taken_up_again")
        .scalar_subquery()
    )
    question = (
        select(slips.c.dossier)
        .join(dossiers, c.id == slips.c.dossier)
        .where(c.book == centre, c.received_at >= first, c.received_at < last)
        .where(slips.c.kind == "refusal", or_(again.is_(None), slips.c.issued_at > again))
    )
    return set(connection.scalars(question))


def _note(row: Any, refused: bool) -> str:
    """How it ended, and the day owed instead of the one that was promised."""
    said = []
    if row.status == 8:
        said.append("dừng giải quyết")
    elif refused or row.status == 3:
        said.append("từ chối giải quyết")
    promised, owed = _day(row.promised_at), _day(row.due_at)
    if row.status not in GIVEN_UP and promised and owed and owed != promised:
        said.append(f"hạn tính lại {row.due_at.astimezone(ZONE):%d/%m/%Y}")
    return "; ".join(said)


def centres_of(connection: Connection, actor: Actor, now: datetime) -> tuple[Unit, ...]:
    """The receiving offices whose books the actor may see, those that are no more among them."""
    seen = visible_to(actor)
    known = (one for one in units(connection).values() if one.series and one.valid_from <= now)
    return tuple(one for one in known if seen == ALL or one.code in seen)


def newest_release(connection: Connection) -> str | None:
    """The release approved last: its shared slips print what belongs to no procedure."""
    question = select(releases.c.digest).where(releases.c.approved_at.is_not(None))
    question = question.order_by(releases.c.approved_at.desc(), releases.c.digest).limit(1)
    digest: str | None = connection.scalar(question)
    return digest


def _contact(applicant: Any) -> str:
    told = (applicant.get("address"), applicant.get("phone"))
    return " · ".join(str(one) for one in told if one)


def _how(row: Any, names: Mapping[str, str]) -> str:
    """By which way the result goes back, and where, if not where the dossier came in."""
    if row.status in GIVEN_UP:  # there is none
        return RETURNED[row.return_by]
    elsewhere = row.return_by == "counter" and row.return_at not in (None, row.book)
    return names[row.return_at] if elsewhere else RETURNED[row.return_by]


def _day(instant: datetime | None) -> str | None:
    return None if instant is None else instant.astimezone(ZONE).date().isoformat()
