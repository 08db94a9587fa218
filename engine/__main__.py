"""``python -m engine check|walk``: a designer's tools, with no database and no web."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from engine import play
from engine.check import check_path, words
from engine.errors import BadPackage, Fault
from engine.package import Package, load_folder, load_zip, names
from engine.words import sentence


def main(typed: Sequence[str] | None = None) -> int:
    """Do what was typed; 0 when nothing is wrong, 1 when something is, 2 when not understood."""
    parser = argparse.ArgumentParser(prog="python -m engine", description=__doc__)
    parser.add_argument("--lang", choices=("vi", "en"), default="vi", help="language of findings")
    add_commands(parser.add_subparsers(title="commands", metavar="COMMAND", required=True))
    asked = parser.parse_args(typed)
    try:
        return int(asked.does(asked))
    except Fault as fault:
        print(sentence(fault, asked.lang), file=sys.stderr)
        return 1


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """``check`` and ``walk``, for this program and for ``motcua``."""
    checking = commands.add_parser(
        "check", help="say everything that is wrong with procedures, diagrams, tables, forms"
    )
    checking.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a folder, a zip or a single file"
    )
    checking.set_defaults(does=check)
    walking = commands.add_parser(
        "walk", help="play every walk of procedures on virtual time, in memory"
    )
    walking.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a folder of procedures, or one"
    )
    walking.set_defaults(does=walk)


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
    for package in packages(asked.paths):
        for result in play.play(package):
            played += 1
            failed += not result.ok
            print(f"{'ok  ' if result.ok else 'FAIL'} {package.name}/{result.name}")
            for difference in result.differences:
                print(f"       {difference}")
    print(f"{played} walks, {failed} failed.")
    return 1 if failed or not played else 0


def packages(paths: Sequence[Path]) -> Iterator[Package]:
    """What lies there: zips, procedures' folders, folders of such folders; raises BadPackage."""
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


if __name__ == "__main__":
    sys.exit(main())
