"""The sample province with land confirmation open, a clock one can set, and what people type."""

from __future__ import annotations

import re
import shutil
import tempfile
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import make_url, select

from app import create_app
from app.demo.organisation import write_province
from app.settings import Settings
from engine.calendar import ZONE
from engine.commands import calendar, releases
from engine.package import Package, load_folder
from engine.sides import SIDES
from engine.store import tables
from engine.store.database import Database, Transaction
from engine.store.organisation import SETUP, actor_of
from engine.store.releases import in_force

ROOT = Path(__file__).parents[1]
DRAWN = datetime(2025, 6, 2, 9, tzinfo=ZONE)
OPENED = datetime(2025, 7, 1, tzinfo=ZONE)
_kept: dict[tuple[str, tuple[str, ...]], _Furnished] = {}
_numbers = count(1)


class Office:
    """The application, a clock one can set, and browsers that are logged in."""

    def __init__(self, app: Flask, database: Database, passwords: dict[str, str]) -> None:
        self.app, self.database, self.passwords = app, database, passwords
        self.now = datetime(2025, 7, 7, 9, tzinfo=ZONE)
        app.config["MOTCUA_CLOCK"] = lambda: self.now
        self.parked: list[str] = []  # open steps that a test leaves where they are
        self.beside = False  # whether steps beside the diagram are meant, too
        self._browsers: dict[str, FlaskClient] = {}

    def at(self, text: str) -> None:
        """Set the wall clock."""
        self.now = datetime.fromisoformat(text).replace(tzinfo=ZONE)

    def browser(self, login: str) -> FlaskClient:
        """A browser in which that account is logged in."""
        if login not in self._browsers:
            browser = self.app.test_client()
            page = browser.get("/login")
            told = {
                "login": login,
                "password": self.passwords[login],
                "csrf_token": token(page.text),
            }
            assert browser.post("/login", data=told).status_code == 303
            self._browsers[login] = browser
        return self._browsers[login]

    def introduce(self, package: Package, *, checked: bool = True) -> None:
        """Let every centre use a package from now on: published, approved, rolled out by three."""
        with self.acting("designer") as tx, pytest.MonkeyPatch.context() as patch:
            if not checked:
                patch.setattr(releases, "check_package", lambda package: ())
            releases.publish(tx, package)
        with self.acting("approver") as tx:
            releases.approve(tx, package.digest, "QĐ mẫu 02/2025")
        with self.acting("admin") as tx:
            releases.roll_out(tx, package.digest, model="two-level", valid_from=self.now)

    def acting(self, login: str) -> AbstractContextManager[Transaction]:
        """A transaction of that account, now."""
        with self.database.reading() as connection:
            actor = actor_of(connection, login, self.now)
        assert actor is not None
        return self.database.transaction(actor, self.now)

    def release_at(self, centre: str) -> str | None:
        """The release of land confirmation that a dossier received there now would get."""
        with self.database.reading() as connection:
            told = ("land-confirmation", centre, "two-level")
            return in_force(connection, *told, self.now, trial=False)

    def open_task(self) -> str:
        """The one step that waits, beside those parked and those beside the diagram."""
        question = select(tables.tasks.c.id).where(
            tables.tasks.c.state == "open",
            tables.tasks.c.id.not_in(self.parked),
            tables.tasks.c.step.not_in(() if self.beside else SIDES),
        )
        with self.database.reading() as connection:
            return str(connection.scalars(question).one())

    def do(self, login: str, at: str, **answers: Any) -> int:
        """Complete the step that waits; the answer's status."""
        self.at(at)
        browser, path = self.browser(login), f"/tasks/{self.open_task()}"
        page = browser.get(path)
        assert page.status_code == 200
        told = {**answers, "csrf_token": token(page.text), "do": "complete"}
        return browser.post(path, data=told).status_code


def token(page: str) -> str:
    """The CSRF token of a page."""
    field = html.fromstring(page).find(".//input[@name='csrf_token']")
    assert field is not None
    return str(field.get("value"))


def read(page: str) -> str:
    """What a person reads, in one line."""
    texts = html.fromstring(page).xpath("//text()[not(parent::script or parent::style)]")
    return re.sub(r"\s+", " ", " ".join(texts))


def open_office(database_url: str, files: Path, *procedures: str) -> Office:
    """The sample province with these procedures open from 1 July 2025; dispose of its database."""
    given = {
        "MOTCUA_DATABASE_URL": database_url,
        "MOTCUA_DATA_DIR": str(files),
        "MOTCUA_SECRET_KEY": "a key for tests",
        "MOTCUA_BASE_URL": "http://127.0.0.1:8000",
    }
    settings = Settings.from_env(given)
    names = procedures or ("land-confirmation",)
    address = make_url(database_url)
    kept = _kept.get((address.drivername, names))
    if kept is not None:
        kept.spread(database_url, files)
    database = Database(settings.database_url, settings.data_dir, settings.base_url)
    if kept is None:
        passwords = _furnish(database, names)
        database.dispose()  # a database in use cannot be copied
        kept = _Furnished.of(database_url, files, passwords)
        _kept[address.drivername, names] = kept
    return Office(create_app(settings, database), database, dict(kept.passwords))


def _furnish(database: Database, procedures: tuple[str, ...]) -> dict[str, str]:
    with database.transaction(SETUP, DRAWN) as tx:
        passwords = {account.login: account.password for account in write_province(tx)}
        calendar.seed_official_days(tx, (2025, 2026))
        for name in procedures:
            package = load_folder(ROOT / "processes", ROOT / "forms", name)
            digest = releases.publish(tx, package)
            releases.approve(tx, digest, "QĐ mẫu 01/2025")
            releases.roll_out(tx, digest, model="two-level", valid_from=OPENED)
    return passwords


@dataclass(frozen=True)
class _Furnished:
    """The sample province set up once in this process, copied for every test that wants it."""

    database: str  # a PostgreSQL database's name, or a SQLite file's path
    files: Path
    passwords: dict[str, str]
    folder: tempfile.TemporaryDirectory[str]  # held: gone with the process

    @classmethod
    def of(cls, url: str, files: Path, passwords: dict[str, str]) -> _Furnished:
        """Keep a copy of a database that nobody has open, and of its files."""
        folder, address = tempfile.TemporaryDirectory(prefix="motcua-office-"), make_url(url)
        kept = Path(folder.name, "files")
        if files.exists():
            shutil.copytree(files, kept)
        if address.get_backend_name() == "sqlite":
            name = str(Path(folder.name, "office.db"))
            shutil.copy(str(address.database), name)
        else:
            name = f"motcua_furnished_{next(_numbers)}"
            _administer(url, f"CREATE DATABASE {name} TEMPLATE {address.database}")
        return cls(name, kept, passwords, folder)

    def spread(self, url: str, files: Path) -> None:
        """Put the copy in the place of a database that nobody has open, and of its files."""
        address = make_url(url)
        if self.files.exists():
            shutil.copytree(self.files, files, dirs_exist_ok=True)
        if address.get_backend_name() == "sqlite":
            shutil.copy(self.database, str(address.database))
        else:
            _administer(
                url,
                f"DROP DATABASE {address.database} WITH (FORCE)",
                f"CREATE DATABASE {address.database} TEMPLATE {self.database}",
            )


def _administer(url: str, *statements: str) -> None:
    address = make_url(url).set(drivername="postgresql", database="postgres")
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as session:
        for statement in statements:
            session.execute(statement)


COUNTER = {
    "applicant.name": "Hồ sơ mẫu 07",
    "applicant.citizen_id": "022080000007",
    "applicant.birth": "01/01/1980",
    "applicant.sex": "male",
    "applicant.address": "Khu mẫu, xã Bình Liêu, tỉnh Quảng Ninh",
    "applicant.phone": "0900000007",
    "map_sheet": "12",
    "parcel": "345",
    "hamlet": "Khu Chang Nà",
    "paper_area": "412,5",
    "land_type": "residential",
    "origin": "cleared",
    "used_since": "1998",
    "purpose": "Đề nghị cấp giấy chứng nhận lần đầu",
}
CHECKED: dict[str, str] = {
    "measured_area": "408,2",
    "paper_area": "412,5",
    "current_use": "house",
    "disputed": "no",
    "village_head": "Trưởng thôn mẫu 03",
    "village_head_opinion": "Sử dụng ổn định từ năm 1998, không có tranh chấp.",
}
