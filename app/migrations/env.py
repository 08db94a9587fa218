"""Alembic's door: one connection, the engine's tables and the accounts' tables."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine

from app import accounts
from engine.store import tables

target = [tables.metadata, accounts.metadata]
url = context.config.get_main_option("sqlalchemy.url") or ""

engine = create_engine(url)
with engine.begin() as connection:
    batch = connection.dialect.name == "sqlite"
    context.configure(connection=connection, target_metadata=target, render_as_batch=batch)
    context.run_migrations()
engine.dispose()
