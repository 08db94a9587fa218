"""What a request asks of the database: recorded in one process, counted, and replayed bare."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import event, make_url

from app import create_app
from app.settings import Settings
from engine.store.database import Database
from tests.bench.furnished import environment, opened
from tests.bench.posting import FORM, Answer, Clerk

BEGIN = "BEGIN"


@dataclass
class Request:
    """One posting: its kind, and (statement, parameters) or ("COMMIT", None) in order."""

    kind: str
    asked: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def commits(self) -> int:
        """How often the database had to make it last."""
        return sum(statement == "COMMIT" for statement, _ in self.asked)

    @property
    def statements(self) -> int:
        """All that was executed, savepoints included, BEGIN and COMMIT and ROLLBACK not."""
        control = (BEGIN, "COMMIT", "ROLLBACK")
        return sum(not statement.startswith(control) for statement, _ in self.asked)


class Inside:
    """The application asked in this process, without a server."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client(use_cookies=False)

    def __call__(self, method: str, path: str, told: dict[str, str], cookie: str) -> Answer:
        given: dict[str, Any] = {"headers": {"Cookie": cookie}}
        if method == "POST":
            given |= {"data": told, "content_type": FORM}
        got = self._client.open(path, method=method, **given)
        kept = (got.headers.get("Set-Cookie") or "").partition(";")[0]
        return Answer(got.status_code, got.headers.get("Location", ""), kept, got.text)


@contextmanager
def inside(url: str, files: Path, password: str) -> Iterator[tuple[Clerk, Database]]:
    """A clerk who is logged in at an application of this process, and its database."""
    settings = Settings.from_env(environment(url, files))
    served, beside = opened(url, files), opened(url, files)
    clerk = Clerk(Inside(create_app(settings, served)), beside, password)
    clerk.log_in()
    try:
        yield clerk, served
    finally:
        served.dispose()
        beside.dispose()


def record(url: str, files: Path, password: str, dossiers: int) -> list[Request]:
    """Do the dossiers and give every posting's statements; the first dossier is a warm-up too."""
    heard: list[Request] = []

    def executed(connection: Any, cursor: Any, statement: str, given: Any, *rest: Any) -> None:
        heard[-1].asked.append((statement, given if not rest[-1] else list(given)))

    def ended(how: str) -> None:
        heard[-1].asked.append((how, None))

    with inside(url, files, password) as (clerk, served):
        event.listen(served.engine, "before_cursor_execute", executed)
        event.listen(served.engine, "commit", lambda _: heard[-1].asked.append(("COMMIT", None)))
        event.listen(
            served.engine, "rollback", lambda _: heard[-1].asked.append(("ROLLBACK", None))
        )
        for number in range(dossiers):
            clerk.dossier(number, lambda kind: heard.append(Request(kind)))
    return heard


def replay(url: str, requests: list[Request]) -> list[tuple[str, float]]:
    """The same statements, parameters and commits through the bare driver: (kind, seconds)."""
    place = make_url(url)
    connection: Any
    if place.get_backend_name() == "sqlite":
        connection = sqlite3.connect(str(place.database), isolation_level=None)
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
    else:
        connection = psycopg.connect(url.replace("+psycopg", "", 1))
    cursor, took = connection.cursor(), []
    for request in requests:
        start = time.perf_counter()
        for statement, given in request.asked:
            if statement == "COMMIT":
                connection.commit()
            elif statement == "ROLLBACK":
                connection.rollback()
            elif isinstance(given, list):
                cursor.executemany(statement, given)
            else:
                cursor.execute(statement, given)
                if cursor.description is not None:
                    cursor.fetchall()
        took.append((request.kind, time.perf_counter() - start))
    connection.close()
    return took
