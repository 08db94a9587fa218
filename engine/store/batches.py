"""Work on many dossiers that a person plans and the worker carries out, one result for each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, func, insert, literal, select, update

from engine.store.dossiers import change_row, insert_row
from engine.store.tables import dossiers


@dataclass(frozen=True)
class Batch:
    """The plans of one kind and their items; an item's first column names its plan."""

    plans: Table
    rows: Table

    def insert(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Write a plan; its number."""
        return insert_row(connection, self.plans, **values)

    def get(self, connection: Connection, id: int) -> Row[Any] | None:
        """The plan of that number."""
        return connection.execute(select(self.plans).where(self.plans.c.id == id)).first()

    def lock(self, connection: Connection, id: int) -> Row[Any] | None:
        """The same, locked until the commit."""
        question = select(self.plans).where(self.plans.c.id == id).with_for_update()
        return connection.execute(question).first()

    def change(self, connection: Connection, id: int, values: Mapping[str, Any]) -> None:
        """Write these columns of the plan."""
        change_row(connection, self.plans, id, values)

    def in_state(self, connection: Connection, states: Collection[str]) -> list[Row[Any]]:
        """The plans in one of these states, in the order they were made."""
        here = self.plans.c.state.in_(states)
        return list(connection.execute(select(self.plans).where(here).order_by(self.plans.c.id)))

    def list_items(self, connection: Connection, id: int, wanted: Any) -> None:
        """One item for every dossier of the condition."""
        fixed = (literal("waiting"), literal({}, self.rows.c.said.type))
        chosen = select(literal(id), dossiers.c.id, dossiers.c.receiving, *fixed).where(wanted)
        names = [self._plan.name, "dossier", "centre", "state", "said"]
        connection.execute(insert(self.rows).from_select(names, chosen))

    def items(self, connection: Connection, id: int, state: str, limit: int) -> list[int]:
        """The dossiers of items in that state."""
        here = and_(self._plan == id, self.rows.c.state == state)
        question = select(self.rows.c.dossier).where(here).order_by(self.rows.c.dossier)
        return list(connection.scalars(question.limit(limit)))

    def item(self, connection: Connection, id: int, dossier: int) -> Row[Any] | None:
        """One item; read under the dossier's lock."""
        here = and_(self._plan == id, self.rows.c.dossier == dossier)
        return connection.execute(select(self.rows).where(here)).first()

    def change_item(
        self, connection: Connection, id: int, dossier: int, values: Mapping[str, Any]
    ) -> None:
        """Write these columns of the item."""
        here = and_(self._plan == id, self.rows.c.dossier == dossier)
        connection.execute(update(self.rows).where(here).values(dict(values)))

    def counts(self, connection: Connection, id: int) -> dict[str, int]:
        """How many items are in each state."""
        question = select(self.rows.c.state, func.count()).where(self._plan == id)
        return {row[0]: row[1] for row in connection.execute(question.group_by(self.rows.c.state))}

    @property
    def _plan(self) -> Any:
        return next(iter(self.rows.c))
