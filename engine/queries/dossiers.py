"""One dossier as its page shows it, and the list a search finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select

from engine.authority import Concern
from engine.calendar import Clock, History, TimeLeft, working_time_left
from engine.codes import mask_citizen_id
from engine.codes.statuses import SETTLED
from engine.errors import UnknownDossier
from engine.package import Text
from engine.queries.opinions import OpinionLine, opinions_of
from engine.queries.passage import passage_of
from engine.queries.reckoning import reckoned
from engine.queries.records import (
    ChecklistLine,
    DocumentLine,
    HandoverLine,
    IncidentLine,
    JournalLine,
    OpenTaskLine,
    SlipLine,
    checklist_of,
    documents_of,
    escalated_to,
    handovers_of,
    incidents_of,
    journal_of,
    open_tasks_of,
    refusal_stands,
    slips_of,
    unheard_of,
)
from engine.queries.states import (
    OWES,
    UNPAID,
    Ending,
    PaymentLine,
    payment_state,
    payments_of,
    synchronised,
)
from engine.queries.visibility import found_by, masked, seen_by
from engine.store.calendar import calendar
from engine.store.concerned import only_asked
from engine.store.folders import on_its_way
from engine.store.organisation import Actor, Unit, some_units
from engine.store.tables import concerned, dossiers, releases, units


@dataclass(frozen=True)
class DossierView(Ending):
    """Everything a dossier's page shows; ``done`` and ``current`` are element ids."""

    id: int
    code: str
    trial: bool
    model: str
    procedure: Text
    procedure_name: str
    procedure_code: str
    release: str
    status: int
    applicant: Mapping[str, Any]
    applicant_name: str
    citizen_id: str
    channel: str
    help: Unit
    receiving: Unit
    deciding: Unit
    concern: Concern
    received_at: datetime
    promised_at: datetime
    due_at: datetime | None
    time_left: TimeLeft | None
    paused: bool
    clock: Clock
    extended: bool
    milestone: Text
    settled_at: datetime | None
    outcome: str | None
    refused: bool
    returned_at: datetime | None
    return_by: str
    returning: Unit
    handover: str
    folder_at: Unit
    folder_going: bool  # given, and nobody has confirmed it
    payments: tuple[PaymentLine, ...]
    payment: str
    synchronised: tuple[str, datetime | None]
    suspended_at: datetime | None
    suspended_why: str
    tasks: tuple[OpenTaskLine, ...]
    documents: tuple[DocumentLine, ...]
    slips: tuple[SlipLine, ...]
    checklist: tuple[ChecklistLine, ...]
    handovers: tuple[HandoverLine, ...]
    journal: tuple[JournalLine, ...]
    opinions: tuple[OpinionLine, ...]
    incidents: tuple[IncidentLine, ...]
    unheard: tuple[tuple[str, datetime], ...]
    escalated: str | None
    escalated_to: tuple[tuple[str, Text], ...]
    done: tuple[str, ...]
    current: tuple[str, ...]


@dataclass(frozen=True)
class DossierRow(Ending):
    """One dossier in a list."""

    id: int
    code: str
    trial: bool
    procedure: Text
    applicant: str
    citizen_id: str
    status: int
    received_at: datetime
    due: datetime | None
    time_left: TimeLeft | None
    paused: bool
    settled_at: datetime | None
    outcome: str | None
    milestone: Text
    receiving: Text
    unpaid: int  # đồng


@dataclass(frozen=True)
class DossierPage:
    """One page of what a search finds, the newest first."""

    rows: tuple[DossierRow, ...]
    total: int
    page: int
    pages: int


def view(connection: Connection, actor: Actor, which: int | str, now: datetime) -> DossierView:
    """The dossier of that number or code; UnknownDossier where the actor may not see it."""
    row = _visible_row(connection, actor, which)
    return_at, folder_at = row.return_at or row.receiving, row.folder_at or row.receiving
    codes = (row.help, row.receiving, row.deciding, return_at, folder_at)
    offices = some_units(connection, codes)
    days = calendar(connection, "province", row.receiving, revision=row.ledger_revision)
    history = History.from_json(row.history)
    passage, charged = passage_of(connection, row.id), payments_of(connection, row.id)
    journal, issued = journal_of(connection, row.id), slips_of(connection, row.id)
    running = row.due_at is not None and not row.paused and row.settled_at is None
    return DossierView(
        id=row.id,
        code=row.code,
        trial=row.trial,
        model=row.model,
        procedure=Text(row.title_vi, row.title_en),
        procedure_name=row.procedure,
        procedure_code=row.procedure_code,
        release=row.release,
        status=row.status,
        applicant=masked(row.applicant),
        applicant_name=row.applicant_name,
        citizen_id=mask_citizen_id(row.applicant_id),
        channel=row.channel,
        help=offices[row.help],
        receiving=offices[row.receiving],
        deciding=offices[row.deciding],
        concern=replace(_concern(connection, row), asked=only_asked(connection, row.id)),
        received_at=row.received_at,
        promised_at=row.promised_at,
        due_at=row.due_at,
        time_left=working_time_left(row.due_at, now, days) if running else None,
        paused=row.paused,
        clock=reckoned(connection, row.release, history, days, row.settled_at or now),
        extended=history.extension is not None,
        milestone=Text(row.milestone_vi, row.milestone_en),
        settled_at=row.settled_at,
        outcome=row.outcome,
        refused=row.status in SETTLED and refusal_stands(issued, journal),
        returned_at=row.returned_at,
        return_by=row.return_by,
        returning=offices[return_at],
        handover=row.handover,
        folder_at=offices[folder_at],
        folder_going=on_its_way(connection, row.id) is not None,
        payments=charged,
        payment=payment_state(charged),
        synchronised=synchronised(connection, row.id),
        suspended_at=row.suspended_at,
        suspended_why=row.suspended_why or "",
        tasks=open_tasks_of(connection, row.id, now),
        documents=documents_of(connection, row.id),
        slips=issued,
        checklist=checklist_of(connection, row.id),
        handovers=handovers_of(connection, row.id),
        journal=journal,
        opinions=opinions_of(connection, row.id, journal),
        incidents=incidents_of(connection, row.id),
        unheard=unheard_of(connection, row.id),
        escalated=row.escalated,
        escalated_to=escalated_to(connection, row.id) if row.escalated else (),
        done=passage.done,
        current=passage.current,
    )


def concern_of(connection: Connection, which: int | str) -> tuple[int, Concern]:
    """A dossier's number and the offices it concerns, for the judge; UnknownDossier."""
    row = connection.execute(
        select(
            dossiers.c.id,
            dossiers.c.receiving,
            dossiers.c.deciding,
            dossiers.c.return_at,
            dossiers.c.trial,
        ).where(_is(which))
    ).first()
    if row is None:
        raise UnknownDossier(code=which)
    return row.id, _concern(connection, row)


def search(
    connection: Connection,
    actor: Actor,
    now: datetime,
    text: str = "",
    *,
    status: Iterable[int] = (),
    procedure: str = "",
    unpaid: bool = False,
    page: int = 1,
    size: int = 20,
) -> DossierPage:
    """The dossiers the actor may see whose words begin like the text's, accents aside.

    ``unpaid``: only those that owe a fee.
    """
    wanted = and_(seen_by(actor, dossiers.c.id), found_by(text))
    if statuses := sorted(set(status)):
        wanted = and_(wanted, dossiers.c.status.in_(statuses))
    if procedure:
        wanted = and_(wanted, dossiers.c.procedure == procedure)
    if unpaid:
        wanted = and_(wanted, OWES)
    total = connection.scalar(select(func.count()).select_from(dossiers).where(wanted)) or 0
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    found = connection.execute(
        select(dossiers, releases.c.title_vi, releases.c.title_en, units.c.name_vi, units.c.name_en)
        .add_columns(UNPAID.label("unpaid"))
        .join(releases, releases.c.digest == dossiers.c.release)
        .join(units, units.c.code == dossiers.c.receiving)
        .where(wanted)
        .order_by(dossiers.c.received_at.desc(), dossiers.c.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    days = calendar(connection)
    rows = []
    for row in found:
        running = row.due_at is not None and not row.paused and row.settled_at is None
        local_days = days.for_scope("province", row.receiving)
        left = working_time_left(row.due_at, now, local_days) if running else None
        rows.append(_listed(row, left))
    return DossierPage(tuple(rows), total, page, pages)


def _listed(row: Row[*tuple[Any, ...]], left: TimeLeft | None) -> DossierRow:
    return DossierRow(
        id=row.id,
        code=row.code,
        trial=row.trial,
        procedure=Text(row.title_vi, row.title_en),
        applicant=row.applicant_name,
        citizen_id=mask_citizen_id(row.applicant_id),
        status=row.status,
        received_at=row.received_at,
        due=row.due_at,
        time_left=left,
        paused=row.paused,
        settled_at=row.settled_at,
        outcome=row.outcome,
        milestone=Text(row.milestone_vi, row.milestone_en),
        receiving=Text(row.name_vi, row.name_en),
        unpaid=row.unpaid or 0,
    )


def _is(which: int | str) -> ColumnElement[bool]:
    return dossiers.c.id == which if isinstance(which, int) else dossiers.c.code == which


def _visible_row(connection: Connection, actor: Actor, which: int | str) -> Row[*tuple[Any, ...]]:
    row = connection.execute(
        select(
            dossiers,
            releases.c.title_vi,
            releases.c.title_en,
            releases.c.code.label("procedure_code"),
        )
        .join(releases, releases.c.digest == dossiers.c.release)
        .where(_is(which), seen_by(actor, dossiers.c.id))
    ).first()
    if row is None:
        raise UnknownDossier(code=which)
    return row


def _concern(connection: Connection, row: Row[*tuple[Any, ...]]) -> Concern:
    offices = connection.scalars(select(concerned.c.unit).where(concerned.c.dossier == row.id))
    returning = row.return_at or row.receiving
    return Concern(row.receiving, row.deciding, frozenset(offices), row.trial, returning)
