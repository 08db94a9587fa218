"""``make pictures``: the screens as they are, for the README and the guides."""

from __future__ import annotations

import io
import os
import re
import shutil
import tempfile
import threading
from datetime import datetime

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from werkzeug.serving import make_server

from app import create_app
from app.demo import seed
from app.settings import Settings
from engine.calendar import ZONE
from engine.commands import checking
from engine.package import from_files, load_folder, to_zip
from engine.play import play
from engine.store.database import Database
from tests.browser.test_first_dossier import fill
from tests.conftest import CHROMIUM_ARGS, migrate
from tests.office import COUNTER, ROOT

PICTURES = ROOT / "docs" / "pictures"
NOW = datetime(2025, 11, 25, 9, 40, tzinfo=ZONE)
COLOURS = 128
SECRET = re.compile(r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$")
DESK: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 390, "height": 844}


def main() -> None:
    """Seed a house, walk through it, keep what is seen."""
    program = shutil.which("chromium")
    if program is None:
        raise SystemExit("The pictures need Chromium: `make chromium` installs it.")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/motcua.db"
        migrate(url)
        given = {
            "MOTCUA_DATABASE_URL": url,
            "MOTCUA_DATA_DIR": f"{folder}/files",
            "MOTCUA_SECRET_KEY": "a key for pictures",
        }
        settings = Settings.from_env(given)
        database = Database(settings.database_url, settings.data_dir, settings.base_url)
        made = seed.seed(database, ROOT / "processes", ROOT / "forms", NOW)
        app = create_app(settings, database)
        app.config["MOTCUA_CLOCK"] = lambda: NOW
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        passwords = {account.login: account.password for account in made.accounts}
        try:
            with sync_playwright() as playwright:
                # The words of a file field are the browser's own: Vietnamese where it has them.
                browser = playwright.chromium.launch(
                    executable_path=program,
                    args=[*CHROMIUM_ARGS, "--lang=vi"],
                    env={**os.environ, "LANGUAGE": "vi"},
                )
                try:
                    address = f"http://127.0.0.1:{server.server_port}"
                    walk(browser, address, passwords)
                    walk_province(browser, address, passwords, database)
                finally:
                    browser.close()
        finally:
            server.shutdown()
            database.dispose()


def walk(browser: Browser, address: str, passwords: dict[str, str]) -> None:
    """One picture of each screen a persona lives in."""

    anybody = stranger(browser, address, DESK)
    anybody.goto("/login")
    keep("login", anybody)
    anybody.goto("/procedures/land-confirmation")
    anybody.locator(".djs-container").wait_for()
    anybody.mouse.wheel(0, 600)
    keep("procedure", anybody, whole=True)
    reception = desk(browser, address, passwords, "reception1.binhlieu")
    officer = desk(browser, address, passwords, "officer1.binhlieu")
    reception.goto("/counter/land-confirmation")
    keep("counter", reception)
    officer.goto("/tasks?view=office")
    keep("inbox", officer)
    officer.locator("td.do a").first.click()
    officer.wait_for_load_state("networkidle")
    keep("task", officer)
    officer.locator(".crumbs a.code").click()
    officer.wait_for_load_state("networkidle")
    keep("dossier", officer)
    fill(reception, COUNTER)
    reception.get_by_role("button", name="Tiếp nhận và in mẫu 01").click()
    reception.wait_for_url(re.compile(r"/counter/receipts/"))
    keep("receipt", reception)
    code = reception.url.rsplit("/", 1)[-1].split("?")[0]
    secret = reception.get_by_text(SECRET).inner_text()
    citizen = stranger(browser, address, PHONE)
    citizen.goto(f"/track/{code}?s={secret}")
    keep("tracking", citizen)


def walk_province(
    browser: Browser, address: str, passwords: dict[str, str], database: Database
) -> None:
    """What the province sees: a new version on its way, the day a model ends, care."""
    package = load_folder(ROOT / "processes", ROOT / "forms", "land-confirmation")
    drawn = package.files["process.bpmn"].decode()
    drawn = drawn.replace("Kiểm tra thực địa", "Kiểm tra tại thửa đất")
    changed = from_files({**package.files, "process.bpmn": drawn.encode()})
    designer = desk(browser, address, passwords, "designer")
    designer.goto("/releases")
    sent = [{"name": "dat.zip", "mimeType": "application/zip", "buffer": to_zip(changed)}]
    designer.get_by_label("Tệp zip của thủ tục").set_input_files(sent)
    designer.get_by_role("button", name="Nạp và kiểm tra").click()
    designer.wait_for_load_state()
    release = designer.url
    checking.carry_on(database, NOW, play)
    approver = desk(browser, address, passwords, "approver")
    approver.goto(release)
    approver.locator(".diagram-changed").first.wait_for()
    keep("release", approver)
    approver.get_by_label("Số quyết định").fill("QĐ mẫu 11/2025")
    approver.get_by_role("button", name="Phê duyệt phiên bản này").click()
    approver.wait_for_load_state()
    admin = desk(browser, address, passwords, "admin")
    admin.goto(f"{release}/rollout")
    admin.get_by_label("xã Lục Hồn").check()
    admin.get_by_role("button", name="Xem trước").click()
    admin.wait_for_load_state()
    keep("rollout", admin)
    admin.goto(f"{release}/move")
    keep("moving", admin)
    admin.goto("/cutovers")
    admin.get_by_label("Từ mô hình").select_option("two-level")
    admin.get_by_label("Sang mô hình").select_option("three-level")
    admin.get_by_label("Vào lúc").fill("2025-12-01T00:00")
    admin.get_by_role("button", name="Xem trước").click()
    admin.wait_for_load_state()
    keep("cutover", admin)
    director = desk(browser, address, passwords, "director.binhlieu")
    director.goto("/dossiers")
    director.locator("td a.code").first.click()
    director.get_by_role("link", name="Can thiệp hồ sơ").click()
    director.wait_for_load_state()
    keep("care", director)


def stranger(browser: Browser, address: str, size: ViewportSize) -> Page:
    """A browser nobody has logged in with."""
    context = browser.new_context(locale="vi-VN", base_url=address, viewport=size)
    return context.new_page()


def desk(browser: Browser, address: str, passwords: dict[str, str], login: str) -> Page:
    """A browser of that account."""
    page = stranger(browser, address, DESK)
    page.goto("/login")
    page.fill("[name=login]", login)
    page.fill("[name=password]", passwords[login])
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("button", name="Đăng xuất").wait_for()
    return page


def keep(name: str, page: Page, *, whole: bool = False) -> None:
    """Few colours: screens are flat, and a repository should stay light."""
    PICTURES.mkdir(exist_ok=True)
    seen = Image.open(io.BytesIO(page.screenshot(full_page=whole))).convert("RGB")
    seen.quantize(COLOURS).save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
