"""What was said about a dossier: all of it for the offices, the citizen's part outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from engine.store.papers import RESULT
from engine.store.tables import documents, messages, persons, ratings


@dataclass(frozen=True)
class MessageLine:
    """One message; ``author`` is empty for the citizen. ``owed``: it waits for an answer."""

    id: int
    kind: str
    text: str
    at: datetime
    author: str
    owed_at: datetime | None
    answer: str
    answered_at: datetime | None
    answered_by: str

    @property
    def owed(self) -> bool:
        return self.owed_at is not None and self.answered_at is None


@dataclass(frozen=True)
class ResultLine:
    """An electronic result that the citizen may fetch."""

    id: int
    name: str
    size: int


def messages_of(
    connection: Connection, dossier: int, *, outside: bool = False
) -> tuple[MessageLine, ...]:
    """What was said, the newest first; ``outside``: without the notes of the house."""
    author, answerer = persons.alias("author"), persons.alias("answerer")
    question = (
        select(messages, author.c.login.label("by"), answerer.c.login.label("answered_login"))
        .outerjoin(author, author.c.id == messages.c.author)
        .outerjoin(answerer, answerer.c.id == messages.c.answered_by)
        .where(messages.c.dossier == dossier)
        .order_by(messages.c.id.desc())
    )
    if outside:
        question = question.where(messages.c.kind != "note")
    return tuple(
        MessageLine(
            id=row.id,
            kind=row.kind,
            text=row.text,
            at=row.at,
            author=row.by or "",
            owed_at=row.owed_at,
            answer=row.answer or "",
            answered_at=row.answered_at,
            answered_by=row.answered_login or "",
        )
        for row in connection.execute(question)
    )


def results_of(connection: Connection, dossier: int) -> tuple[ResultLine, ...]:
    """The scans of the result."""
    c = documents.c
    rows = connection.execute(
        select(c.id, c.name, c.size).where(c.dossier == dossier, c.paper == RESULT).order_by(c.id)
    )
    return tuple(ResultLine(*row) for row in rows)


def marks_of(connection: Connection, dossier: int) -> int | None:
    """How content the citizen said to be."""
    return connection.scalar(select(ratings.c.marks).where(ratings.c.dossier == dossier))
