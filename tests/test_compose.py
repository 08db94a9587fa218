"""Dockerfile and docker-compose.yml, read, and their commands started as processes."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import create_engine, inspect

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker")
SECRETS = {
    "MOTCUA_DATABASE_PASSWORD": "sample",
    "MOTCUA_SECRET_KEY": "a-sample-of-32-characters-or-more",
}
PATIENCE = 60  # seconds; the machine may be busy with other tests


def settings_known() -> set[str]:
    """Names of all settings, from the one place that reads them."""
    source = (ROOT / "app" / "settings.py").read_text(encoding="utf-8")
    return set(re.findall(r"\"(MOTCUA_[A-Z_]+)\"", source))


def entrypoint() -> list[str]:
    """The image's entry point, with this Python for the image's."""
    words = json.loads(re.findall(r"^ENTRYPOINT (.*)$", DOCKERFILE, re.MULTILINE)[0])
    assert words[0] == "python"
    return [sys.executable, *words[1:]]


def image_environment() -> dict[str, str]:
    """What the Dockerfile sets."""
    return dict(re.findall(r"^(?:ENV|   ) (MOTCUA_[A-Z_]+)=(\S+)", DOCKERFILE, re.MULTILINE))


def environment(service: str) -> dict[str, str]:
    """A service's settings as compose would fill them in, over the image's."""

    def fill(match: re.Match[str]) -> str:
        return SECRETS.get(match[1]) or (match[3] if match[2] == ":-" else "")

    given = SERVICES[service]["environment"]
    filled = {k: re.sub(r"\$\{(\w+)(:-|:\?)([^}]*)\}", fill, str(v)) for k, v in given.items()}
    return image_environment() | filled


def test_every_setting_named_there_is_one() -> None:
    named = set(image_environment()).union(*(SERVICES[name]["environment"] for name in OURS))
    assert named - settings_known() == set()


def test_nothing_stands_in_the_way_of_a_second_web_and_worker() -> None:
    for name in ("web", "worker"):
        assert "container_name" not in SERVICES[name]
        assert "hostname" not in SERVICES[name]
    for port in SERVICES["web"]["ports"]:
        assert re.fullmatch(r"127\.0\.0\.1:(\d+)-(\d+):8000", port), "one host port serves one web"


def test_the_others_wait_for_the_migration_and_it_for_the_database() -> None:
    assert SERVICES["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert SERVICES["migrate"]["restart"] == "no"
    for name in ("web", "worker"):
        waits = SERVICES[name]["depends_on"]["migrate"]["condition"]
        assert waits == "service_completed_successfully"


def test_no_secret_is_written_down() -> None:
    for name in OURS:
        secret = SERVICES[name]["environment"]["MOTCUA_SECRET_KEY"]
        assert secret.startswith("${MOTCUA_SECRET_KEY:?"), name
    assert SERVICES["postgres"]["environment"]["POSTGRES_PASSWORD"].startswith("${")


def test_what_the_image_copies_exists() -> None:
    for sources in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE):
        assert all((ROOT / source).exists() for source in sources.split()), sources
    assert re.search(r"^USER (?!root)", DOCKERFILE, re.MULTILINE)


class Process:
    """One service's command as a process on this machine."""

    def __init__(self, service: str, url: str, data: Path) -> None:
        self.port = _free_port()
        local = {
            "MOTCUA_DATABASE_URL": url,
            "MOTCUA_DATA_DIR": str(data),
            "MOTCUA_BIND": f"127.0.0.1:{self.port}",
            "PATH": os.environ["PATH"],
        }
        self.running = subprocess.Popen(
            [*entrypoint(), *SERVICES[service]["command"]],
            cwd=ROOT,
            env=environment(service) | local,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def healthy(self) -> bool:
        """The service's own health check, on this process's port."""
        _, _, *words = SERVICES["web"]["healthcheck"]["test"]
        words = [word.replace(":8000/", f":{self.port}/") for word in words]
        check = subprocess.run([sys.executable, *words], capture_output=True, check=False)
        return check.returncode == 0

    def stop(self) -> int:
        """SIGTERM, as Docker stops a container; its exit status."""
        self.running.send_signal(signal.SIGTERM)
        self.running.communicate(timeout=PATIENCE)
        return self.running.returncode


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def started() -> Iterator[list[Process]]:
    """Processes of a test; none outlives it."""
    processes: list[Process] = []
    yield processes
    for process in processes:
        if process.running.poll() is None:
            process.running.kill()
        process.running.communicate()


@pytest.mark.postgres
@pytest.mark.slow
def test_the_same_commands_migrate_serve_and_work(
    empty_postgres_url: str, tmp_path: Path, started: list[Process]
) -> None:
    migrate = Process("migrate", empty_postgres_url, tmp_path)
    started.append(migrate)
    said, _ = migrate.running.communicate(timeout=PATIENCE)
    assert migrate.running.returncode == 0, said.decode()
    database = create_engine(empty_postgres_url)
    assert {"dossiers", "due", "credentials"} <= set(inspect(database).get_table_names())
    database.dispose()

    webs = [Process("web", empty_postgres_url, tmp_path) for _ in range(2)]
    workers = [Process("worker", empty_postgres_url, tmp_path) for _ in range(2)]
    started += webs + workers
    for web in webs:
        until = time.monotonic() + PATIENCE
        while not web.healthy():
            assert web.running.poll() is None, web.running.communicate()[0].decode()
            assert time.monotonic() < until, "web never answered /health"
    for worker in workers:
        # A worker says that it has begun; before that a signal would find no handler.
        assert worker.running.stdout is not None
        assert select.select([worker.running.stdout], [], [], PATIENCE)[0], "a worker said nothing"
        assert worker.running.poll() is None, worker.running.communicate()[0].decode()
    assert [process.stop() for process in webs + workers] == [0, 0, 0, 0]
