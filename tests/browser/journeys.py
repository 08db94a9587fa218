"""People at their desks, played in a browser along the walks of the procedures."""

from __future__ import annotations

import io
import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select

from engine.calendar import ZONE
from engine.commands import due
from engine.queries.proof import breaches
from engine.queries.tasks import view
from engine.store import dossiers as rows
from engine.store import tables
from engine.store.organisation import actor_by_id, holders
from tests.browser.test_first_dossier import Desks, fill
from tests.office import ROOT, Office

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SLIPS = Path(__file__).parent / "slips"
RECEIVE = "Tiếp nhận và in mẫu 01"


def picture() -> dict[str, Any]:
    """A scan, as a browser's file field takes it."""
    held = io.BytesIO()
    Image.new("RGB", (40, 30)).save(held, "PNG")
    return {"name": "giay to.png", "mimeType": "image/png", "buffer": held.getvalue()}


class Province(Desks):
    """Every desk of the sample province, with scripts or without; one dossier walks through."""

    def __init__(self, chromium: Browser, office: Office, address: str, *, scripts: bool) -> None:
        super().__init__(chromium, office, address)
        self.scripts = scripts
        self.jars: dict[str, Any] = {}  # the cookies of everybody who does not sit there now
        self.sits = ""
        self.code = self.secret = ""

    def stranger(self, **kwargs: Any) -> Page:
        """A browser that is not logged in."""
        page = super().stranger(**{"java_script_enabled": self.scripts, **kwargs})
        # The drawing has tests of its own; half a megabyte a page would only make these wait.
        page.route("**/build/diagram.*", lambda route: route.abort())
        return page

    def at(self, login: str, **kwargs: Any) -> Page:
        """The one browser of the office, with that person's cookies in it."""
        page = self.pages.get("desk") or self.stranger(**kwargs)
        self.pages["desk"] = page
        if self.sits != login:
            self.jars[self.sits] = page.context.cookies()
            page.context.clear_cookies()
            page.context.add_cookies(self.jars.get(login) or self._log_in(login))
            self.sits = login
        return page

    def _log_in(self, login: str) -> Any:
        name = self.office.app.config["SESSION_COOKIE_NAME"]
        cookie = self.office.browser(login).get_cookie(name)
        assert cookie is not None
        return [{"name": name, "value": cookie.value, "url": self.address}]

    def until(self, when: str | datetime) -> None:
        """Let time pass: what falls due on the way happens at its own instant."""
        at = datetime.fromisoformat(when) if isinstance(when, str) else when
        at, office = at.replace(tzinfo=ZONE), self.office
        while True:
            with office.database.reading() as connection:
                coming = rows.next_due(connection)
            if coming is None or coming > at:
                break
            office.now = max(office.now, coming)
            if not due.run_due(office.database, office.now):
                break
        office.now = at

    def receive(
        self, walk: Mapping[str, Any], login: str = "reception1.binhlieu", **more: str
    ) -> str:
        """The counter step of a walk, typed; the code."""
        step = walk["steps"][0]
        self.until(step["at"])
        page = self.at(login)
        page.goto(f"/counter/{walk['procedure']}")
        typed = {f"applicant.{name}": text(value) for name, value in walk["applicant"].items()}
        typed |= {f"paper.{key}.quantity": "1" for key in step["papers"]}
        type_in(page, {**typed, **flat(step.get("answers", {})), **more})
        page.get_by_role("button", name=RECEIVE).click()
        page.wait_for_url(re.compile(r"/counter/receipts/"))
        self.code = page.url.rsplit("/", 1)[-1].split("?")[0]
        secret = page.get_by_text(re.compile(r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$"))
        self.secret = secret.inner_text()
        return self.code

    def task(self, step: str) -> tuple[str, str]:
        """(number of the open task, login that may do it)."""
        t = tables.tasks.c
        with self.office.database.reading() as connection:
            found = select(t.id, t.role, t.unit).where(t.state == "open", t.step == step)
            task = connection.execute(found).one()
            for person in holders(connection, task.role, task.unit, self.office.now):
                actor = actor_by_id(connection, person, self.office.now)
                if actor and view(connection, actor, task.id, self.office.now).may_work:
                    return task.id, actor.login
        raise AssertionError(f"nobody may do {step}")

    def do(
        self,
        step: str,
        when: str | datetime,
        answers: Mapping[str, Any],
        login: str = "",
        **files: Any,
    ) -> Page:
        """Do one step as whoever may, through its page."""
        self.until(when)
        task, somebody = self.task(step)
        page = self.at(login or somebody)
        page.goto(f"/tasks/{task}")
        type_in(page, flat(answers))
        for name, file in files.items():
            page.locator(f"input[type=file][name='{name}']").set_input_files(file)
        page.get_by_role("button", name="Hoàn thành bước này").click()
        page.locator(".note[role=status], [role=alert]").first.wait_for()
        wrong = page.get_by_role("alert")
        assert not wrong.count(), (step, wrong.first.inner_text())
        return page

    def play(
        self,
        walk: Mapping[str, Any],
        *,
        login: str = "reception1.binhlieu",
        meanwhile: Mapping[str, Callable[[], object]] | None = None,
        instead: Mapping[str, Callable[[], object]] | None = None,
        **more: str,
    ) -> None:
        """Every step of the walk; ``meanwhile`` happens before a step, ``instead`` in its place."""
        self.receive(walk, login, **more)
        for told in walk["steps"][1:]:
            self.until(told["at"])
            step = told.get("step", "")
            (meanwhile or {}).get(step, lambda: None)()
            if step in (instead or {}):
                (instead or {})[step]()
            elif not told.get("wait"):
                self.do(step, told["at"], told.get("answers", {}))

    def dossier(self) -> Any:
        """The row, and that every journal and every deadline is as it must be."""
        with self.office.database.reading() as connection:
            assert breaches(connection, self.office.now) == ()
            return connection.execute(
                select(tables.dossiers).where(tables.dossiers.c.code == self.code)
            ).one()

    def follows(self) -> str:
        """What the citizen reads."""
        page = self.pages.get("citizen") or self.stranger()
        self.pages["citizen"] = page
        page.goto(f"/track/{self.code}?s={self.secret}")
        return page.locator("main").inner_text()

    def slips(self, login: str = "director.binhlieu") -> str:
        """The words of every slip of the dossier, the control slip last."""
        page, s = self.at(login), tables.slips.c
        with self.office.database.reading() as connection:
            ids = connection.execute(select(s.id, s.kind, s.round).order_by(s.id)).all()
        sheets = [(f"{row.kind} {row.round}", f"slips/{row.id}.pdf") for row in ids]
        found = []
        for name, path in [*sheets, ("control", "control.pdf")]:
            answer = page.request.get(f"/dossiers/{self.code}/{path}")
            assert answer.headers["content-type"] == "application/pdf", (name, answer.status)
            found.append(f"== {name}\n{words(answer.body())}\n")
        return "\n".join(found)


def type_in(page: Page, answers: Mapping[str, str]) -> None:
    """Fill what the page asks for; what it only shows (a value worked out) is left alone."""
    asked = {
        name: value
        for name, value in answers.items()
        if page.locator(f"main [name='{name}']:not([type=hidden])").count()
    }
    fill(page, asked)


def walk_of(procedure: str, name: str) -> dict[str, Any]:
    """A walk of a procedure as its file says."""
    path = ROOT / "processes" / procedure / "walks" / f"{name}.toml"
    return {"procedure": procedure, **tomllib.loads(path.read_text(encoding="utf-8"))}


def flat(answers: Mapping[str, Any], above: str = "") -> dict[str, str]:
    """Answers by the names of their fields, as people type them."""
    found: dict[str, str] = {}
    for name, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for number, row in enumerate(value):
                found |= flat(row, f"{above}{name}.{number}.")
        elif isinstance(value, dict):
            found |= flat(value, f"{above}{name}.")
        elif value is not False:
            found[f"{above}{name}"] = text(value)
    return found


def text(value: Any) -> str:
    """A value as it is typed: 19/07/2025, 412,5, one line a piece."""
    if isinstance(value, bool):
        return "true"
    if isinstance(value, list):
        return "\n".join(map(str, value))
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    return str(value)


SECRET = re.compile(r"Mã bí mật [0-9A-Z]{4}-[0-9A-Z]{4}- ?[0-9A-Z]{4}-[0-9A-Z]{4}")


def words(pdf: bytes) -> str:
    """What a PDF says, a line a page; a receipt's secret, another every time, as dots."""
    pages = [page.extract_text().replace("\xa0", " ") for page in PdfReader(io.BytesIO(pdf)).pages]
    said = "\n".join(re.sub(r"\s+", " ", page).strip() for page in pages)
    return SECRET.sub("Mã bí mật ····", said)
