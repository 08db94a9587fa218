"""The one door from a request to the engine: reading(), transaction(), and their instant."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import cast

from flask import Flask, abort, current_app, g, request
from sqlalchemy import Connection, literal, select

from app.identity import actor
from engine.calendar import ZONE, Calendar
from engine.store.calendar import calendar
from engine.store.database import Database, Transaction
from engine.store.organisation import Actor


def prepare(app: Flask, database: Database) -> None:
    """Give every request the database and one instant."""
    app.extensions["motcua"] = database

    @app.before_request
    def stop_the_watch() -> None:
        clock = app.config.get("MOTCUA_CLOCK") or wall_clock
        g.instant = clock()

    @app.before_request
    def refuse_what_no_database_keeps() -> None:
        texts = (request.path, *request.args.values(), *request.form.values())
        if any("\0" in text for text in texts):
            abort(400)


def wall_clock() -> datetime:
    """Now, on the offices' wall; the only place that asks the machine."""
    return datetime.now(ZONE)


def instant() -> datetime:
    """The instant of this request: everything in it happens at once."""
    return cast("datetime", g.instant)


def database() -> Database:
    """The engine's database of this application."""
    return cast("Database", current_app.extensions["motcua"])


def reading() -> AbstractContextManager[Connection]:
    """A connection for questions."""
    return database().reading()


def transaction(by: Actor | None = None) -> AbstractContextManager[Transaction]:
    """One change by the person of this request, at its instant: all of it or nothing."""
    return database().transaction(by or actor(), instant())


def ping() -> None:
    """Ask the database something, to see that it answers."""
    with reading() as connection:
        connection.execute(select(literal(1)))


def office_days(connection: Connection, unit: str) -> Calendar:
    """The working time of one office."""
    return calendar(connection, "province", unit)
