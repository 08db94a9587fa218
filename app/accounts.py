"""Credentials and throttling; what a person may do lives in the engine's posts."""

from __future__ import annotations

from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    delete,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from engine.errors import Throttled

metadata = MetaData()
# `epoch` grows when the password changes: every older session ends.
credentials = Table(
    "credentials",
    metadata,
    Column("login", String(80), primary_key=True),
    Column("person", BigInteger, nullable=False, unique=True),
    Column("password_hash", String(200), nullable=False),
    Column("epoch", Integer, nullable=False, server_default="1"),
)
# How often something was tried: `window` is the number of the time window, counted from 1970.
throttle = Table(
    "throttle",
    metadata,
    Column("key", String(120), nullable=False),
    Column("window", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
    PrimaryKeyConstraint("key", "window"),
)

WINDOW = timedelta(minutes=15)
# argon2id at OWASP's minimum. The library's own choice (64 MiB, three passes) is five to eight
# times the work: seconds at each log-in on a small machine that is busy. Guessing is bounded by the
# throttle; hashes made with other parameters are made anew at the next log-in.
MEMORY, PASSES = 19_456, 2  # KiB
_hasher = PasswordHasher(memory_cost=MEMORY, time_cost=PASSES, parallelism=1)
# Verified when the login is unknown, so that both answers take the same time.
_NOBODY = _hasher.hash("nobody has this password")


def set_password(connection: Connection, person: int, login: str, password: str) -> None:
    """Give ``person`` a password; sessions opened with an older one end."""
    hashed = _hasher.hash(password)
    known = connection.execute(
        update(credentials)
        .where(credentials.c.login == login)
        .values(password_hash=hashed, person=person, epoch=credentials.c.epoch + 1)
    )
    if not known.rowcount:
        connection.execute(
            insert(credentials).values(login=login, person=person, password_hash=hashed, epoch=1)
        )


def epoch_of(connection: Connection, login: str) -> int | None:
    """Which generation of sessions is valid for ``login``; None when there is no such account."""
    return connection.execute(
        select(credentials.c.epoch).where(credentials.c.login == login)
    ).scalar_one_or_none()


def password_hash(connection: Connection, login: str) -> str | None:
    """The stored argon2id hash."""
    return connection.execute(
        select(credentials.c.password_hash).where(credentials.c.login == login)
    ).scalar_one_or_none()


def matches(hashed: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; takes as long when there is no hash."""
    try:
        return _hasher.verify(hashed or _NOBODY, password) and hashed is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def ageing(hashed: str) -> bool:
    """Whether the hash was made with older parameters than today's."""
    return _hasher.check_needs_rehash(hashed)


def refresh_hash(connection: Connection, login: str, password: str) -> None:
    """Hash the same password with today's parameters; sessions stay."""
    connection.execute(
        update(credentials)
        .where(credentials.c.login == login)
        .values(password_hash=_hasher.hash(password))
    )


def require_calm(connection: Connection, key: str, bound: int, now: datetime) -> None:
    """Raise Throttled when ``key`` was counted ``bound`` times in this window."""
    tried = connection.execute(
        select(throttle.c.count).where(throttle.c.key == key, throttle.c.window == _window(now))
    ).scalar_one_or_none()
    if tried is not None and tried >= bound:
        raise Throttled(seconds=_seconds_left(now))


def count(connection: Connection, key: str, now: datetime) -> None:
    """Count one more attempt; windows that are over are swept at the same time."""
    window = _window(now)
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    # One statement: of several first attempts at one moment each finds the others' row.
    first = dialect.insert(throttle).values(key=key, window=window, count=1)
    counted = connection.execute(
        first.on_conflict_do_update(
            index_elements=[throttle.c.key, throttle.c.window],
            set_={"count": throttle.c.count + 1},
        ).returning(throttle.c.count)
    ).scalar_one()
    if counted == 1:
        _sweep(connection, window)


def _sweep(connection: Connection, window: int) -> None:
    """Drop what is over, but for what somebody else is sweeping: two never wait for each other."""
    row = (throttle.c.key, throttle.c.window)
    over = select(*row).where(throttle.c.window < window).with_for_update(skip_locked=True)
    connection.execute(delete(throttle).where(tuple_(*row).in_(over)))


def forget(connection: Connection, key: str) -> None:
    """Forget the attempts of ``key``, as after a right password."""
    connection.execute(delete(throttle).where(throttle.c.key == key))


def _window(now: datetime) -> int:
    return int(now.timestamp() // WINDOW.total_seconds())


def _seconds_left(now: datetime) -> int:
    return int(WINDOW.total_seconds() - now.timestamp() % WINDOW.total_seconds()) + 1
