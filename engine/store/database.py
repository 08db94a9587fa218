"""The database behind one door: reading, and the transaction that is the only place to commit."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.pool import StaticPool

from engine.store.files import Files
from engine.store.organisation import Actor


@dataclass(frozen=True)
class Transaction:
    """One actor, one instant, one commit."""

    connection: Connection
    actor: Actor
    now: datetime
    files: Files
    base_url: str = ""  # where citizens reach us; slips print it
    reports: bool = False  # whether the national portal is told of every status

    def savepoint(self) -> AbstractContextManager[Any]:
        """What is done inside is undone together when it raises; the transaction goes on."""
        return self.connection.begin_nested()

    def fresh_id(self) -> str:
        """An identifier nobody can guess."""
        return str(uuid.uuid4())


class Database:
    """A SQLite file, a SQLite memory, or a PostgreSQL server; the same statements on each."""

    def __init__(
        self, url: str, data_dir: Path, base_url: str = "", *, reports: bool = False
    ) -> None:
        self.url = make_url(url)
        self.files = Files(data_dir)
        self.base_url = base_url.rstrip("/")
        self.reports = reports
        self.sqlite = self.url.get_backend_name() == "sqlite"
        options: dict[str, Any] = {}
        if self.sqlite:
            options["connect_args"] = {"check_same_thread": False, "timeout": 30}
            if self.url.database in (None, "", ":memory:"):
                options["poolclass"] = StaticPool
            else:
                Path(str(self.url.database)).parent.mkdir(parents=True, exist_ok=True)
        self.engine = create_engine(self.url, **options)
        if self.sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for questions; whatever it did is rolled back."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def transaction(self, actor: Actor, now: datetime) -> Iterator[Transaction]:
        """Everything done inside is committed at the end together, or not at all."""
        with self.engine.connect() as connection:
            if self.sqlite:
                # Writers queue at the beginning instead of failing in the middle.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield Transaction(connection, actor, now, self.files, self.base_url, self.reports)
            connection.commit()

    def dispose(self) -> None:
        """Close what is open."""
        self.engine.dispose()


def _prepare_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()
