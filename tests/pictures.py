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
                    walk(browser, f"http://127.0.0.1:{server.server_port}", passwords)
                finally:
                    browser.close()
        finally:
            server.shutdown()
            database.dispose()


def walk(browser: Browser, address: str, passwords: dict[str, str]) -> None:
    """One picture of each screen a persona lives in."""

    def stranger(size: ViewportSize) -> Page:
        context = browser.new_context(locale="vi-VN", base_url=address, viewport=size)
        return context.new_page()

    def desk(login: str) -> Page:
        page = stranger(DESK)
        page.goto("/login")
        page.fill("[name=login]", login)
        page.fill("[name=password]", passwords[login])
        page.get_by_role("button", name="Đăng nhập").click()
        page.get_by_role("button", name="Đăng xuất").wait_for()
        return page

    anybody = stranger(DESK)
    anybody.goto("/login")
    keep("login", anybody)
    anybody.goto("/procedures/land-confirmation")
    anybody.locator(".djs-container").wait_for()
    anybody.mouse.wheel(0, 600)
    keep("procedure", anybody, whole=True)
    reception, officer = desk("reception1.binhlieu"), desk("officer1.binhlieu")
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
    citizen = stranger(PHONE)
    citizen.goto(f"/track/{code}?s={secret}")
    keep("tracking", citizen)


def keep(name: str, page: Page, *, whole: bool = False) -> None:
    """Few colours: screens are flat, and a repository should stay light."""
    PICTURES.mkdir(exist_ok=True)
    seen = Image.open(io.BytesIO(page.screenshot(full_page=whole))).convert("RGB")
    seen.quantize(COLOURS).save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
