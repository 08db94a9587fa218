"""The sample province: the offices and accounts of ``organisation.toml``, written by commands."""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app import accounts
from engine.calendar import ZONE
from engine.commands import organisation
from engine.errors import UnknownPerson
from engine.store.database import Database, Transaction
from engine.store.organisation import Actor, Unit, actor_of

# Letters and digits nobody mistakes for one another when they are read out.
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
_GROUPS, _GROUP = 3, 4


@dataclass(frozen=True)
class Account:
    """A login made for the demo, with the password that is told once."""

    login: str
    name: str
    password: str


def write_province(tx: Transaction) -> list[Account]:
    """Add every office, person and post of the file; the accounts in the file's order."""
    text = Path(__file__).with_name("organisation.toml").read_text(encoding="utf-8")
    described = tomllib.loads(text)
    for row in described["units"]:
        organisation.add_unit(tx, _unit(row))
    return [_account(tx, row) for row in _staff(described)]


def known(database: Database, login: str, now: datetime) -> Actor:
    """The account of that login as it stands at an instant."""
    with database.reading() as connection:
        actor = actor_of(connection, login, now)
    if actor is None:
        raise UnknownPerson(person=login)
    return actor


def _staff(described: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The commune's posts once for each commune, then the province's."""
    for login, place in described["places"].items():
        words = {"login": login, **place}
        for row in described["staff"]:
            yield {
                "login": row["login"].format_map(words),
                "name": row["name"].format_map(words),
                "posts": [post | {"unit": post["unit"].format_map(words)} for post in row["posts"]],
            }
    yield from described["province"]


def _account(tx: Transaction, row: Mapping[str, Any]) -> Account:
    person = organisation.add_person(tx, row["login"], row["name"])
    for post in row["posts"]:
        until = post.get("until")
        organisation.add_post(
            tx,
            person,
            post["role"],
            post["unit"],
            _instant(post["from"]),
            until and _instant(until),
        )
    account = Account(row["login"], row["name"], make_password())
    accounts.set_password(tx.connection, person, account.login, account.password)
    return account


def make_password() -> str:
    """Random, and short enough to be typed once from a sheet of paper."""
    groups = ("".join(secrets.choice(_SIGNS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _unit(row: Mapping[str, Any]) -> Unit:
    until = row.get("until")
    return Unit(
        code=row["code"],
        kind=row["kind"],
        name_vi=row["vi"],
        name_en=row["en"],
        parent=row.get("parent"),
        territory=row.get("territory"),
        series=row.get("series"),
        trial_series=row.get("trial_series"),
        address_vi=row.get("address", ""),
        phone=row.get("phone", ""),
        valid_from=_instant(row["from"]),
        valid_until=until and _instant(until),
    )


def _instant(local: datetime) -> datetime:
    return local.replace(tzinfo=ZONE)
