"""Statements about one dossier: its row, which is the lock, its runs, tasks and due rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from engine.calendar import ZONE
from engine.store.tables import (
    concerned,
    dossiers,
    due,
    escalations,
    handovers,
    hearings,
    numbers,
    runs,
    tasks,
    waits,
)


def lock(connection: Connection, dossier: int, *, wait: bool = True) -> dict[str, Any] | None:
    """The dossier's row, locked until the commit; None where it isn't or, unwaiting, is taken."""
    row = connection.execute(
        select(dossiers).where(dossiers.c.id == dossier).with_for_update(skip_locked=not wait)
    ).first()
    return None if row is None else dict(row._mapping)


def by_key(connection: Connection, key: str) -> Row[Any] | None:
    """What an earlier posting of the same form made."""
    return connection.execute(select(dossiers).where(dossiers.c.key == key)).first()


def by_code(connection: Connection, code: str) -> int | None:
    """The number of the dossier with that code."""
    return connection.scalar(select(dossiers.c.id).where(dossiers.c.code == code))


def insert_row(connection: Connection, table: Table, **values: Any) -> int:
    """Write a row with a number of its own; the number."""
    return int(connection.execute(insert(table).returning(table.c.id), values).scalar_one())


def change_row(connection: Connection, table: Table, id: Any, values: Mapping[str, Any]) -> None:
    """Write these columns of the row with that id."""
    # Values beside the statement, not in it: SQLAlchemy then takes the statement from its cache
    # by the names of the columns alone.
    here = update(table).where(table.c.id == bindparam("here"))
    connection.execute(here, {**values, "here": id})


def change(connection: Connection, dossier: int, values: Mapping[str, Any]) -> None:
    """Write these columns of the dossier."""
    change_row(connection, dossiers, dossier, values)


def row(connection: Connection, dossier: int) -> dict[str, Any]:
    """The dossier's row as it stands, unlocked."""
    question = select(dossiers).where(dossiers.c.id == dossier)
    return dict(connection.execute(question).one()._mapping)


def insert_dossier(connection: Connection, values: Mapping[str, Any]) -> int:
    """Write a new dossier; its number."""
    return insert_row(connection, dossiers, **values)


def main_run(connection: Connection, dossier: int) -> str | None:
    """The dossier's main run."""
    question = select(runs.c.id).where(runs.c.dossier == dossier, runs.c.kind == "main")
    return connection.scalar(question)


def run(connection: Connection, id: str) -> dict[str, Any]:
    """A run at rest."""
    return dict(connection.execute(select(runs).where(runs.c.id == id)).one()._mapping)


def insert_run(connection: Connection, values: Mapping[str, Any]) -> None:
    """Write a new run."""
    connection.execute(insert(runs), dict(values))


def change_run(connection: Connection, id: str, values: Mapping[str, Any]) -> None:
    """Write these columns of the run."""
    change_row(connection, runs, id, values)


def task(connection: Connection, id: str) -> dict[str, Any] | None:
    """A task's row."""
    row = connection.execute(select(tasks).where(tasks.c.id == id)).first()
    return None if row is None else dict(row._mapping)


def open_tasks(connection: Connection, dossier: int) -> list[dict[str, Any]]:
    """The rows of the dossier's open tasks."""
    mine = and_(tasks.c.dossier == dossier, tasks.c.state == "open")
    return [dict(row._mapping) for row in connection.execute(select(tasks).where(mine))]


def insert_task(connection: Connection, values: Mapping[str, Any]) -> None:
    """Write a task that opened; nobody has touched it since."""
    connection.execute(insert(tasks), {"touched_at": values["opened_at"], **values})


def change_task(connection: Connection, id: str, values: Mapping[str, Any]) -> None:
    """Write these columns of the task."""
    change_row(connection, tasks, id, values)


def touch(connection: Connection, dossier: int, at: datetime) -> None:
    """From that instant on the dossier's open tasks are left lying, not from before."""
    mine = and_(tasks.c.dossier == dossier, tasks.c.state == "open")
    connection.execute(update(tasks).where(mine).values(touched_at=at))


def done_by(connection: Connection, dossier: int, step: str) -> frozenset[int]:
    """Everybody who has done that step of the dossier: one that came round again has several."""
    here = and_(tasks.c.dossier == dossier, tasks.c.step == step, tasks.c.state == "done")
    found = connection.scalars(
        select(tasks.c.closed_by).where(here, tasks.c.closed_by.is_not(None))
    )
    return frozenset(found)


def concern(connection: Connection, dossier: int, units: Iterable[str]) -> None:
    """Remember that these offices have to do with the dossier."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    rows = [{"dossier": dossier, "unit": unit} for unit in dict.fromkeys(units)]
    connection.execute(dialect.insert(concerned).values(rows).on_conflict_do_nothing())


def offices(connection: Connection, dossier: int) -> frozenset[str]:
    """The offices that have ever had to do with the dossier."""
    return frozenset(
        connection.scalars(select(concerned.c.unit).where(concerned.c.dossier == dossier))
    )


def hand_over(connection: Connection, values: Mapping[str, Any]) -> None:
    """Write who gave the dossier to whom, as the next line of its control slip."""
    mine = handovers.c.dossier == values["dossier"]
    last = select(func.coalesce(func.max(handovers.c.seq), 0)).where(mine).scalar_subquery()
    connection.execute(insert(handovers).values(**values, seq=last + 1))


def next_number(connection: Connection, series: str, period: str) -> int:
    """The series' next number in the period; whoever else asks waits until this one commits."""
    here = and_(numbers.c.series == series, numbers.c.period == period)
    raise_it = update(numbers).where(here).values(last=numbers.c.last + 1)
    taken = connection.scalar(raise_it.returning(numbers.c.last))
    if taken is not None:
        return int(taken)
    try:
        with connection.begin_nested():
            connection.execute(insert(numbers).values(series=series, period=period, last=1))
        return 1
    except IntegrityError:  # somebody else took the first one at the same moment
        return int(connection.execute(raise_it.returning(numbers.c.last)).scalar_one())


# -- escalations -----------------------------------------------------------------------------------


def insert_escalations(connection: Connection, values: Sequence[Mapping[str, Any]]) -> None:
    """Write which posts were told."""
    if values:
        connection.execute(insert(escalations), [dict(one) for one in values])


def close_escalations(connection: Connection, dossier: int, at: datetime) -> None:
    """What the posts were told of a due date is over; steps left lying are another matter."""
    ladder = escalations.c.duty.not_in(("untouched", "unmoved", "unanswered"))
    still = and_(escalations.c.dossier == dossier, escalations.c.closed_at.is_(None), ladder)
    connection.execute(update(escalations).where(still).values(closed_at=at))


# -- due rows --------------------------------------------------------------------------------------


def arm(
    connection: Connection,
    dossier: int,
    centre: str,
    run: str,
    kinds: Mapping[str, Mapping[str, datetime]],
) -> None:
    """Let exactly these keys of each of these kinds of the run be pending.

    A timer that was done comes again, a duty or a reminder does not. What was given up for dead
    comes back with another instant: the next turn of a cycle.
    """
    mine = and_(due.c.dossier == dossier, due.c.kind.in_(sorted(kinds)), due.c.run == run)
    known = {(row.kind, row.key): row for row in connection.execute(select(due).where(mine))}
    wanted = {(kind, key): at for kind, keys in kinds.items() for key, at in keys.items()}
    gone = [row.id for key, row in known.items() if key not in wanted and row.state == "pending"]
    if gone:
        connection.execute(delete(due).where(due.c.id.in_(gone)))
    for (kind, key), at in wanted.items():
        row = known.get((kind, key))
        if row is None:
            insert_row(
                connection, due, dossier=dossier, centre=centre, kind=kind, key=key, run=run,
                at=at, state="pending",
            )  # fmt: skip
        elif (row.state != "done" and row.at != at) or (row.state == "done" and kind == "timer"):
            settled = {"at": at, "state": "pending", "attempts": 0}
            settled |= {"retry_at": None, "done_at": None}
            change_row(connection, due, row.id, settled)


def undo_duties(
    connection: Connection, dossier: int, owed: datetime, duties: Iterable[str]
) -> None:
    """Forget that these duties were done for that due instant: armed again, they come again."""
    keys = [duty_key(name, owed) for name in duties]
    mine = and_(due.c.dossier == dossier, due.c.kind == "duty", due.c.key.in_(keys))
    connection.execute(delete(due).where(mine, due.c.state.in_(("done", "dead"))))


def duty_key(name: str, owed: datetime) -> str:
    """The key of a duty's due row: which one, for which due instant."""
    return f"{name}:{owed.astimezone(ZONE).isoformat()}"


def hold_due(connection: Connection, dossier: int) -> None:
    """Nothing of the dossier comes due until release_due."""
    mine = and_(due.c.dossier == dossier, due.c.state == "pending")
    connection.execute(update(due).where(mine).values(state="held"))


def release_due(connection: Connection, dossier: int) -> None:
    """What was held comes due at its instant, or at once."""
    mine = and_(due.c.dossier == dossier, due.c.state == "held")
    connection.execute(update(due).where(mine).values(state="pending"))


def forget_due(connection: Connection, dossier: int) -> None:
    """Nothing of the dossier comes due any more, and it listens to nobody."""
    waiting = and_(due.c.dossier == dossier, due.c.state.in_(("pending", "held")))
    connection.execute(delete(due).where(waiting))
    connection.execute(delete(waits).where(waits.c.dossier == dossier))
    own = select(runs.c.id).where(runs.c.dossier == dossier)
    connection.execute(delete(hearings).where(hearings.c.run.in_(own)))


def pending(connection: Connection, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(row, dossier) of what is due, the earliest first."""
    question = (
        select(due.c.id, due.c.dossier)
        .where(due.c.state == "pending", due.c.at <= now)
        .where(or_(due.c.retry_at.is_(None), due.c.retry_at <= now))
        .order_by(due.c.at, due.c.id)
        .limit(limit)
    )
    return [(row.id, row.dossier) for row in connection.execute(question)]


def next_due(connection: Connection) -> datetime | None:
    """The earliest instant at which something is due."""
    question = select(due.c.at).where(due.c.state == "pending").order_by(due.c.at).limit(1)
    return connection.scalar(question)


def due_row(connection: Connection, id: int) -> dict[str, Any] | None:
    """A row still pending; read again under the dossier's lock."""
    row = connection.execute(select(due).where(due.c.id == id, due.c.state == "pending")).first()
    return None if row is None else dict(row._mapping)


def change_due(connection: Connection, id: int, values: Mapping[str, Any]) -> None:
    """Write these columns of the due row."""
    change_row(connection, due, id, values)
