"""A changed procedure reaches one centre, then all, open dossiers follow and go back: nobody at the
other counters notices anything but the new name of a step."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.commands import checking, moving
from engine.package import from_files, load_folder, to_zip
from engine.play import play
from engine.store import tables
from tests.app.test_first_dossier import counter_form
from tests.browser.test_first_dossier import ON_SQLITE, Desks, receive
from tests.office import CHECKED, COUNTER, ROOT, Office, token

if TYPE_CHECKING:
    from playwright.sync_api import Page

NEW_NAME = "Kiểm tra tại thửa đất"
MOST = 200


class Load:
    """Somebody at Hoành Mô who receives and checks, one dossier after another."""

    def __init__(self, office: Office) -> None:
        self.office, self.done, self.wrong = office, 0, list[str]()
        self.stop = threading.Event()
        self.clerk = office.browser("reception1.hoanhmo")
        self.officer = office.browser("officer1.hoanhmo")

    def work(self) -> None:
        while not self.stop.is_set() and not self.wrong and self.done < MOST:
            page = self.clerk.get("/counter/land-confirmation")
            told = {**counter_form(page.text), **COUNTER, "do": "receive"}
            got = self.clerk.post("/counter/land-confirmation", data=told)
            self.note("receive", got.status_code)
            if self.wrong:
                return
            path = f"/tasks/{self.task(got.headers['Location'].rsplit('/', 1)[-1])}"
            page = self.officer.get(path)
            self.note("task", page.status_code - 200 + 303)
            given = {**CHECKED, "inspected_on": "07/07/2025", "outcome": "ok", "do": "complete"}
            given["csrf_token"] = token(page.text)
            self.note("complete", self.officer.post(path, data=given).status_code)
            self.done += 1

    def note(self, what: str, status: int) -> None:
        if status != 303:
            self.wrong.append(f"{what}: {status}")

    def task(self, code: str) -> str:
        question = (
            select(tables.tasks.c.id)
            .join(tables.dossiers, tables.dossiers.c.id == tables.tasks.c.dossier)
            .where(tables.dossiers.c.code == code, tables.tasks.c.state == "open")
        )
        with self.office.database.reading() as connection:
            return str(connection.scalars(question).one())


@contextmanager
def others_at_work(office: Office) -> Iterator[Load]:
    """A load client that works all the while; it must not see one error."""
    load = Load(office)
    thread = threading.Thread(target=load.work)
    thread.start()
    try:
        yield load
    finally:
        load.stop.set()
        thread.join(timeout=60)
    assert load.wrong == []
    assert load.done > 0


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click(timeout=60_000)
    page.wait_for_load_state()


def open_to(desks: Desks, path: str, choose: Callable[[Page], Any]) -> Page:
    """The admin looks first, then opens."""
    admin = desks.at("admin")
    admin.goto(path)
    admin.get_by_role("link", name="Triển khai", exact=True).click()
    choose(admin)
    press(admin, "Xem trước")
    press(admin, "Triển khai")
    assert "Đã triển khai." in admin.locator("main").inner_text()
    desks.office.now += timedelta(minutes=2)
    return admin


def release_of(office: Office, code: str) -> str:
    with office.database.reading() as connection:
        question = select(tables.dossiers.c.release).where(tables.dossiers.c.code == code)
        return str(connection.scalars(question).one())


def carry_on(office: Office) -> None:
    while moving.carry_on(office.database, office.now):
        pass


@ON_SQLITE
def test_a_version_goes_to_one_centre_then_to_all_and_back(desks: Desks) -> None:
    office = desks.office
    package = load_folder(ROOT / "processes", ROOT / "forms", "land-confirmation")
    drawn = package.files["process.bpmn"].decode().replace("Kiểm tra thực địa", NEW_NAME)
    changed = from_files({**package.files, "process.bpmn": drawn.encode()})
    before = receive(desks, desks.at("reception1.binhlieu"))
    with others_at_work(office):
        designer = desks.at("designer")
        designer.goto("/releases")
        files = [{"name": "dat.zip", "mimeType": "application/zip", "buffer": to_zip(changed)}]
        designer.get_by_label("Tệp zip của thủ tục").set_input_files(files)
        press(designer, "Nạp và kiểm tra")
        path = designer.url
        checking.carry_on(office.database, office.now, play)
        designer.locator("h2", has_text="Phiên bản gồm").wait_for()
        designer.get_by_text("Đang chờ phê duyệt").wait_for(timeout=20_000)
        assert NEW_NAME in designer.locator("main").inner_text()

        approver = desks.at("approver")
        approver.goto(path)
        approver.locator(".diagram-changed").first.wait_for()
        approver.get_by_label("Số quyết định").fill("QĐ mẫu 11/2025")
        press(approver, "Phê duyệt phiên bản này")

        # A trial at one centre: there it is tried beside the live one, elsewhere nobody sees it.
        def on_trial(page: Page) -> None:
            page.get_by_label("xã Lục Hồn").check()
            page.get_by_label("Loại").select_option("trial")

        open_to(desks, path, on_trial)
        luchon = desks.at("reception1.luchon")
        tried = receive(desks, luchon, "/counter/land-confirmation?trial=1")
        assert tried.startswith("H49.98.02-")
        assert "THỬ NGHIỆM" in luchon.locator("body").inner_text().upper()
        assert release_of(office, tried) == changed.digest
        assert release_of(office, receive(desks, luchon)) == package.digest
        desks.at("reception1.binhlieu").goto("/counter")
        assert "thử nghiệm" not in desks.at("reception1.binhlieu").locator("main").inner_text()

        # Live at one centre; the others keep what they have.
        open_to(desks, path, lambda page: page.get_by_label("xã Lục Hồn").check())
        there = receive(desks, desks.at("reception1.luchon"))
        here = receive(desks, desks.at("reception1.binhlieu"))
        assert release_of(office, there) == changed.digest
        assert release_of(office, here) == package.digest

        # Then all of them.
        admin = open_to(desks, path, lambda page: page.get_by_label("Mọi Trung tâm").check())
        later = receive(desks, desks.at("reception1.binhlieu"))
        assert release_of(office, later) == changed.digest

        # Open dossiers follow, and go back.
        admin.goto(path)
        admin.get_by_role("link", name="Chuyển hồ sơ đang giải quyết").click()
        admin.get_by_label("Lý do").fill("Đổi tên bước kiểm tra")
        admin.get_by_role("button", name=re.compile(r"^Chuyển \d+ hồ sơ$")).click()
        admin.wait_for_url(re.compile(r"/moves/\d+$"))
        carry_on(office)
        admin.reload()
        assert release_of(office, before) == changed.digest
        officer = desks.at("officer1.binhlieu")
        officer.goto("/tasks?view=office")
        assert NEW_NAME in officer.locator("main").inner_text()
        press(admin, "Trả về như cũ")
        carry_on(office)
        admin.reload()
        assert "đã trả về" in admin.locator("main").inner_text()
        assert release_of(office, before) == package.digest
