"""What every test's own application and database would make anew is made once in this process."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import create_engine
from werkzeug.routing import Rule

from app import accounts
from engine.store import database


def quicken(patch: pytest.MonkeyPatch) -> None:
    """Cheap passwords; templates, statements and addresses compiled once. Behaves the same."""
    # The weakest argon2id: sample accounts by the dozen are made anew for every test.
    patch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    patch.setattr(Flask, "jinja_options", {"bytecode_cache": _Templates()})
    statements = _Statements()

    def created(*address: Any, **options: Any) -> Any:
        return create_engine(*address, **options, execution_options={"compiled_cache": statements})

    patch.setattr(database, "create_engine", created)
    patch.setattr(Rule, "_compile_builder", _builders(Rule._compile_builder))


class _Templates(BytecodeCache):
    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if (known := self._compiled.get(bucket.key)) is not None:
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


class _Statements(MutableMapping[Any, Any]):
    """Compiled statements by the kind of database; SQLAlchemy asks with each engine's dialect."""

    def __init__(self) -> None:
        self._compiled: dict[Any, Any] = {}

    def __getitem__(self, key: Any) -> Any:
        return self._compiled[_kind(key)]

    def __setitem__(self, key: Any, compiled: Any) -> None:
        self._compiled[_kind(key)] = compiled

    def __delitem__(self, key: Any) -> None:
        del self._compiled[_kind(key)]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._compiled)

    def __len__(self) -> int:
        return len(self._compiled)


def _kind(key: Any) -> Any:
    dialect, *statement = key
    return dialect.name, dialect.driver, *statement


def _builders(compile_builder: Any) -> Any:
    """Rule's maker of addresses: what it makes is the same for the same parts of an address."""
    made: dict[Any, Any] = {}

    def builder(self: Any, append_unknown: bool = True) -> Any:
        defaults = tuple(sorted((self.defaults or {}).items()))
        key = self.rule, tuple(self._trace), defaults, append_unknown
        if key not in made:
            made[key] = compile_builder(self, append_unknown)
        return made[key]

    return builder
