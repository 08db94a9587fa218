"""``make pictures``: the screens as they are, for the README and the guides."""

from __future__ import annotations

import io
import tempfile
import threading
from datetime import datetime

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from app import create_app
from app.demo import seed
from app.settings import Settings
from engine.calendar import ZONE
from engine.store.database import Database
from tests.conftest import CHROMIUM_ARGS, migrate
from tests.office import ROOT

PICTURES = ROOT / "docs" / "pictures"
NOW = datetime(2025, 11, 25, 9, 40, tzinfo=ZONE)
COLOURS = 128


def main() -> None:
    """Seed a house, walk through it, keep what is seen."""
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
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=CHROMIUM_ARGS
            )
            walk(browser, f"http://127.0.0.1:{server.server_port}", passwords)
            browser.close()
        server.shutdown()
        database.dispose()


def walk(browser: Browser, address: str, passwords: dict[str, str]) -> None:
    """One picture of each screen a persona lives in."""

    def desk(login: str) -> Page:
        page = browser.new_context(
            locale="vi-VN", base_url=address, viewport={"width": 1366, "height": 768}
        ).new_page()
        if login:
            page.goto("/login")
            page.fill("[name=login]", login)
            page.fill("[name=password]", passwords[login])
            page.get_by_role("button", name="Đăng nhập").click()
            page.get_by_role("button", name="Đăng xuất").wait_for()
        return page

    reception, officer, stranger = desk("reception1.binhlieu"), desk("officer1.binhlieu"), desk("")
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
    stranger.goto("/procedures/land-confirmation")
    stranger.locator(".djs-container").wait_for()
    stranger.mouse.wheel(0, 600)
    keep("procedure", stranger, whole=True)


def keep(name: str, page: Page, *, whole: bool = False) -> None:
    """Few colours: screens are flat, and a repository should stay light."""
    PICTURES.mkdir(exist_ok=True)
    seen = Image.open(io.BytesIO(page.screenshot(full_page=whole))).convert("RGB")
    seen.quantize(COLOURS).save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
