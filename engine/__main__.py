"""``python -m engine check|walk|run``: a designer's tools, with no database and no web."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from engine import headless, play
from engine.bpmn import iso
from engine.bpmn.finding import Finding
from engine.calendar import ZONE
from engine.check import check_path, companions, uncovered, words
from engine.errors import BadPackage, Fault
from engine.package import Package, load_folder, load_zip, names
from engine.words import sentence

NOON = datetime(2025, 7, 1, 12, tzinfo=ZONE)  # when the story of a diagram played alone begins


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
    """``check``, ``walk`` and ``run``, for this program and for ``motcua``."""
    checking = commands.add_parser(
        "check", help="say everything that is wrong with procedures, diagrams, tables, forms"
    )
    checking.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a folder, a zip or a single file"
    )
    checking.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    checking.set_defaults(does=check)
    walking = commands.add_parser(
        "walk", help="play every walk of procedures on virtual time, in memory"
    )
    walking.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a folder of procedures, or one"
    )
    walking.set_defaults(does=walk)
    running = commands.add_parser(
        "run", help="play one diagram by itself on virtual time and tell what happened"
    )
    running.add_argument("file", type=Path, metavar="FILE", help="a diagram (.bpmn)")
    running.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", dest="given",
        help="a value the dossier begins with (JSON, else text)",
    )  # fmt: skip
    running.add_argument("--process", metavar="ID", help="which process to begin")
    running.add_argument(
        "--until", default="P1Y", metavar="DURATION", help="how much virtual time (P1Y)"
    )
    running.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    running.set_defaults(does=run)


def check(asked: argparse.Namespace) -> int:
    """Tell every finding with its advice; 1 when one is an error, 2 when nothing is there."""
    missing = [path for path in asked.paths if not path.exists()]
    for path in missing:
        print(f"{path}: no such file or folder", file=sys.stderr)
    if missing:
        return 2
    report = [row for path in asked.paths for row in check_path(path)]
    severities = Counter(finding.severity for _, found in report for finding in found)
    if asked.json:
        files = [{"file": file, "findings": [told(f) for f in found]} for file, found in report]
        print(json.dumps({"files": files}, ensure_ascii=False, indent=1))
        return 1 if severities["error"] else 0
    for file, found in report:
        for finding in found:
            message, advice = words(finding, asked.lang)
            line = f":{finding.line}" if finding.line else ""
            print(f"{file}{line}: {finding.severity}: {message}")
            if advice:
                print(f"    {advice}")
    counted = ", ".join(f"{severities[kind]} {kind}s" for kind in ("error", "warning", "info"))
    print(f"{len(report)} files: {counted}.")
    return 1 if severities["error"] else 0


def told(finding: Finding) -> dict[str, Any]:
    """A finding as plain values, in both languages."""
    vi, en = words(finding, "vi"), words(finding, "en")
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "element": finding.element,
        "name": finding.name,
        "kind": finding.kind,
        "line": finding.line,
        "message": {"vi": vi[0], "en": en[0]},
        "advice": {"vi": vi[1], "en": en[1]},
    }


def run(asked: argparse.Namespace) -> int:
    """Play a diagram; 0 when every dossier ended, 1 when one is stuck or the diagram refused."""
    try:
        until = NOON + (iso.duration(asked.until).after(NOON) - NOON)
        data = dict(_value(given) for given in asked.given)
        files = {asked.file.name: asked.file.read_bytes(), **companions(asked.file)}
    except (OSError, ValueError, OverflowError) as error:
        print(error, file=sys.stderr)
        return 2
    try:
        story = headless.play(
            files, now=NOON, until=until, process=asked.process, data=data, file=asked.file.name
        )
    except headless.Refusal as refused:
        return _refused(refused, asked)
    if asked.json:
        answer = {
            "refused": False,
            **story.to_json(),
            "findings": [told(f) for f in story.findings],
        }
        print(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        _print_story(story)
    return 1 if story.incidents else 0


def _refused(refused: headless.Refusal, asked: argparse.Namespace) -> int:
    found = refused.findings
    if asked.json:
        answer = {"refused": True, "findings": [told(finding) for finding in found]}
        print(json.dumps(answer, ensure_ascii=False, indent=1))
        return 1
    for finding in found:
        line = f":{finding.line}" if finding.line else ""
        print(f"{finding.file}{line}: {finding.severity}: {words(finding, asked.lang)[0]}")
    if not found:
        print(f"{asked.file}: no process {asked.process}", file=sys.stderr)
    return 1


def _print_story(story: headless.Story) -> None:
    for passed in story.trace:
        name = f" “{passed.name}”" if passed.name else ""
        print(f"{passed.at}  {passed.dossier}  {passed.element}{name} ({passed.kind})")
    for trouble in story.incidents:
        where = trouble.name or trouble.element
        print(f"{trouble.at}  {trouble.dossier}  incident at {where}: {trouble.cause}")
    for dossier in story.dossiers:
        where = dossier.ended_at or ", ".join(dossier.waiting)
        data = json.dumps(dossier.data, ensure_ascii=False)
        print(f"dossier {dossier.number} of {dossier.process}: {dossier.state} {where} {data}")
    if story.capped:
        print("stopped here: it would go on like this for ever")
    for name in story.undelivered:
        print(f"message “{name}” waits: nobody asks for it")


def _value(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise ValueError(f"--set {text}: not NAME=VALUE")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def walk(asked: argparse.Namespace) -> int:
    """Play every walk; print what came out differently."""
    failed = played = 0
    for package in packages(asked.paths):
        results = play.play(package)
        for result in results:
            played += 1
            failed += not result.ok
            print(f"{'ok  ' if result.ok else 'FAIL'} {package.name}/{result.name}")
            for difference in result.differences:
                print(f"       {difference.said(asked.lang)}")
        for flow in uncovered(package, results):
            failed += 1
            print(f"FAIL {package.name}: {words(flow, asked.lang)[0]}")
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
