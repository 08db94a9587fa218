"""Commands for whoever designs procedures: check, walk, publish."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from app.database import wall_clock
from app.settings import Settings
from engine import play
from engine.check import check_path, words
from engine.commands import releases
from engine.errors import BadPackage, UnknownPerson
from engine.package import Package, load_folder, load_zip, names
from engine.store.database import Database
from engine.store.organisation import actor_of


def check(asked: argparse.Namespace) -> int:
    """Print every finding with its advice; 1 when one of them is an error."""
    wrong = 0
    for path in asked.paths:
        for file, findings in check_path(path):
            for finding in findings:
                message, advice = words(finding, asked.lang)
                line = f":{finding.line}" if finding.line else ""
                print(f"{file}{line}: {finding.severity}: {message}")
                if advice:
                    print(f"    {advice}")
                wrong += finding.severity == "error"
    print(f"{wrong} errors." if wrong else "No errors.")
    return 1 if wrong else 0


def walk(asked: argparse.Namespace) -> int:
    """Play every walk; print what came out differently."""
    failed = played = 0
    for package in _packages(asked.paths):
        for result in play.play(package):
            played += 1
            failed += not result.ok
            print(f"{'ok  ' if result.ok else 'FAIL'} {package.name}/{result.name}")
            for difference in result.differences:
                print(f"       {difference}")
    print(f"{played} walks, {failed} failed.")
    return 1 if failed or not played else 0


def publish(asked: argparse.Namespace) -> int:
    """Freeze a procedure under its content hash; approval and rollout are other people's work."""
    settings = Settings.from_env()
    database = Database(settings.database_url, settings.data_dir, settings.base_url)
    now = wall_clock()
    with database.reading() as connection:
        designer = actor_of(connection, asked.login, now)
    if designer is None:
        raise UnknownPerson(login=asked.login)
    (package,) = _packages([asked.path])
    with database.transaction(designer, now) as tx:
        print(releases.publish(tx, package))
    return 0


def _packages(paths: list[Path]) -> Iterator[Package]:
    for path in paths:
        if path.is_file():
            yield load_zip(path.read_bytes())
        elif (path / "procedure.toml").is_file():
            yield load_folder(path.parent, path.parent.parent / "forms", path.name)
        else:
            known = names(path)
            if not known:
                raise BadPackage(path=str(path), cause="empty")
            yield from (load_folder(path, path.parent / "forms", name) for name in known)
