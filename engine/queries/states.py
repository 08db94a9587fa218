"""What stands beside a dossier's business status: its payments, and what the portal knows of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, exists, func, select

from engine.codes.statuses import GIVEN_UP
from engine.package import Text
from engine.queries.visibility import seen_by
from engine.store.organisation import Actor
from engine.store.tables import dossiers, notices, payments, persons

_OWED = (payments.c.dossier == dossiers.c.id, payments.c.state == "owed")
#: That a dossier owes a fee, and how much in all.
OWES = exists().where(*_OWED)
UNPAID = select(func.sum(payments.c.amount)).where(*_OWED).scalar_subquery()


class Ending:
    """What is told of a dossier, with whether it ended without a result."""

    status: int

    @property
    def stopped(self) -> bool:
        """Nothing is due any more."""
        return self.status in GIVEN_UP


@dataclass(frozen=True)
class PaymentLine:
    """One fee; ``amount`` in đồng, ``state`` owed, paid, waived or refunded."""

    id: int
    title: Text
    amount: int
    state: str
    reference: str
    how: str
    receipt: str
    why: str
    settled_at: datetime | None
    settled_by: str


def payments_of(connection: Connection, dossier: int) -> tuple[PaymentLine, ...]:
    """What the dossier was charged, in order."""
    rows = connection.execute(
        select(payments, persons.c.login)
        .outerjoin(persons, persons.c.id == payments.c.settled_by)
        .where(payments.c.dossier == dossier)
        .order_by(payments.c.id)
    )
    return tuple(
        PaymentLine(
            id=row.id,
            title=Text(row.title_vi, row.title_en),
            amount=row.amount,
            state=row.state,
            reference=row.reference or "",
            how=row.how or "",
            receipt=row.receipt or "",
            why=row.why or "",
            settled_at=row.settled_at,
            settled_by=row.login or "",
        )
        for row in rows
    )


def payment_state(lines: Iterable[PaymentLine]) -> str:
    """Of all fees together: none, owed, paid, waived or refunded; what is owed comes first."""
    states = {line.state for line in lines}
    return next((s for s in ("owed", "paid", "refunded", "waived") if s in states), "none")


def synchronised(connection: Connection, dossier: int) -> tuple[str, datetime | None]:
    """How far the newest status has got to the national portal, and since when.

    none (no portal is connected, or it is a trial), pending, sent, dead (given up), off.
    """
    row = connection.execute(
        select(notices.c.state, notices.c.sent_at, notices.c.at)
        .where(notices.c.dossier == dossier, notices.c.channel == "lgsp")
        .order_by(notices.c.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return "none", None
    return ("pending" if row.state == "sending" else row.state), row.sent_at or row.at


def number_unpaid(connection: Connection, actor: Actor) -> int:
    """How many of the dossiers that the actor may see owe a fee."""
    wanted = and_(seen_by(actor, dossiers.c.id), OWES)
    return connection.scalar(select(func.count()).select_from(dossiers).where(wanted)) or 0
