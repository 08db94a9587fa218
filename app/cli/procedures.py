"""Publish a procedure; check and walk stand in the engine, which needs no database for them."""

from __future__ import annotations

import argparse

from app.database import wall_clock
from app.settings import Settings
from engine.__main__ import packages
from engine.commands import releases
from engine.errors import UnknownPerson
from engine.store.database import Database
from engine.store.organisation import actor_of


def publish(asked: argparse.Namespace) -> int:
    """Freeze a procedure under its content hash; approval and rollout are other people's work."""
    settings = Settings.from_env()
    database = Database(settings.database_url, settings.data_dir, settings.base_url)
    now = wall_clock()
    with database.reading() as connection:
        designer = actor_of(connection, asked.login, now)
    if designer is None:
        raise UnknownPerson(login=asked.login)
    (package,) = packages([asked.path])
    with database.transaction(designer, now) as tx:
        print(releases.publish(tx, package))
    return 0
