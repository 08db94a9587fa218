"""A small province with one procedure and a few dossiers, written row by row."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine

from tests.queries.province import Province


@pytest.fixture
def province(database_url: str) -> Iterator[Province]:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        yield Province(connection)
        connection.rollback()
    engine.dispose()
