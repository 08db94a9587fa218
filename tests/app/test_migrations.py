"""Down to nothing and up again: the migrations can be walked both ways."""

from __future__ import annotations

import json
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Inspector, create_engine, inspect

from tests.conftest import ROOT, migrate

_OF_A_TABLE = (
    Inspector.get_pk_constraint,
    Inspector.get_foreign_keys,
    Inspector.get_unique_constraints,
    Inspector.get_check_constraints,
    Inspector.get_indexes,
)


def drawn(url: str) -> dict[str, list[str]]:
    """What the database says of every table: columns in order, then constraints and indexes."""
    opened = create_engine(url)
    there = inspect(opened)
    found = {
        table: [
            *map(_text, there.get_columns(table)),
            *(one for ask in _OF_A_TABLE for one in _sorted(ask(there, table))),
        ]
        for table in there.get_table_names()
    }
    opened.dispose()
    return found


def _sorted(found: Any) -> list[str]:
    return sorted(map(_text, found if isinstance(found, list) else [found]))


def _text(found: Any) -> str:
    return json.dumps(found, default=str)  # types and conditions by what they say


def test_down_to_nothing_and_up_again_is_the_same_house(database_url: str) -> None:
    before = drawn(database_url)
    assert len(before) > 20
    config = Config()
    config.set_main_option("script_location", str(ROOT / "app" / "migrations"))
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    command.downgrade(config, "base")
    assert set(drawn(database_url)) == {"alembic_version"}
    migrate(database_url)
    assert drawn(database_url) == before
