"""What may be typed after ``motcua``, and which function answers."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from app.cli import procedures, running
from app.i18n import LANGUAGES
from engine.__main__ import add_commands
from engine.errors import Fault
from engine.package import MODELS
from engine.words import sentence

_ABOUT = """\
Motcua (một cửa, "one door") runs a province's administrative procedures.
Một cửa: chạy, chăm sóc và kiểm thử hệ thống thủ tục hành chính từ dòng lệnh.
"""
_MORE = """\
Settings are environment variables; the README lists them all.
To look around with sample data: motcua init && motcua seed --demo && motcua serve
"""


def main(typed: Sequence[str] | None = None) -> int:
    """Do what was typed; 0 when it went well, 1 when not, 2 when it was not understood."""
    asked = _parser().parse_args(typed)
    try:
        return int(asked.does(asked))
    except Fault as fault:
        print(sentence(fault, asked.lang), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="motcua",
        description=_ABOUT,
        epilog=_MORE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--lang", choices=LANGUAGES, default="vi", help="language of findings and faults"
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _run(commands)
    _try(commands)
    _release(commands)
    return parser


def _run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = commands.add_parser("serve", help="answer browsers on MOTCUA_BIND until told to stop")
    serve.set_defaults(does=running.serve)
    worker = commands.add_parser(
        "worker", help="fire timers and statutory duties until told to stop"
    )
    worker.add_argument(
        "--console", action="store_true", help="say here what no channel is connected for"
    )
    worker.set_defaults(does=running.work)
    init = commands.add_parser(
        "init", help="create the database or bring it up to date; safe to repeat"
    )
    init.set_defaults(does=running.init)
    seed = commands.add_parser("seed", help="fill an empty database; passwords are shown once")
    seed.add_argument(
        "--demo",
        action="store_true",
        required=True,
        help="three centres, sample accounts, every procedure, a few dossiers in each state",
    )
    seed.add_argument("--processes", type=Path, default=Path("processes"), metavar="DIR")
    seed.add_argument("--forms", type=Path, default=Path("forms"), metavar="DIR")
    seed.set_defaults(does=running.seed)
    verify = commands.add_parser(
        "verify", help="recompute journals and deadlines and name whatever is not as it must be"
    )
    verify.set_defaults(does=running.verify)


def _try(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    add_commands(commands)
    pilot = commands.add_parser(
        "pilot", help="play the pilot of June 2025 on virtual time and check what must be kept"
    )
    pilot.add_argument(
        "--days", type=int, default=5, metavar="N", help="days of reception, six dossiers each (5)"
    )
    pilot.add_argument("--processes", type=Path, default=Path("processes"), metavar="DIR")
    pilot.add_argument("--forms", type=Path, default=Path("forms"), metavar="DIR")
    pilot.set_defaults(does=procedures.pilot)


def _release(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    publish = commands.add_parser(
        "publish", help="put a procedure into the database as a checked release"
    )
    publish.add_argument("path", type=Path, metavar="PATH", help="a procedure's folder, or a zip")
    releases = commands.add_parser("releases", help="list the releases and where they are open")
    releases.set_defaults(does=procedures.listing)
    export = commands.add_parser("export", help="write a release as a zip")
    _of_release(export)
    export.add_argument("file", type=Path, metavar="FILE")
    export.set_defaults(does=procedures.export)
    approve = commands.add_parser("approve", help="approve a checked release")
    _of_release(approve)
    approve.add_argument("--decision", required=True, help="number of the decision")
    approve.add_argument("--effective", type=procedures.instant, metavar="DATE")
    approve.add_argument("--notes", default="")
    rollout = commands.add_parser("rollout", help="open an approved release at centres")
    _of_release(rollout)
    rollout.add_argument("--centre", action="append", metavar="CODE", help="default: all centres")
    rollout.add_argument("--model", choices=MODELS, default="two-level")
    rollout.add_argument("--trial", action="store_true")
    rollout.add_argument("--from", dest="start", type=procedures.instant, metavar="INSTANT")
    rollout.add_argument("--until", type=procedures.instant, metavar="INSTANT")
    rollout.add_argument("--stop-share", type=int, metavar="PERCENT")
    move = commands.add_parser("move", help="take open dossiers to a release")
    _of_release(move)
    move.add_argument("--centre", metavar="CODE", help="default: all centres")
    move.add_argument("--map", action="append", default=[], metavar="OLD=NEW")
    move.add_argument("--recompute", action="store_true", help="count timers and limit anew")
    move.add_argument("--dry-run", action="store_true", help="only say what would happen")
    move.add_argument("--reason", default="")
    close = commands.add_parser("close", help="receive a procedure no more from an instant on")
    close.add_argument("procedure", metavar="PROCEDURE")
    close.add_argument("--at", type=procedures.instant, metavar="INSTANT")
    close.add_argument("--successor", metavar="PROCEDURE")
    over = commands.add_parser(
        "cutover", help="plan the change from one government model to another"
    )
    over.add_argument("--from-model", choices=MODELS, default="three-level")
    over.add_argument("--to-model", choices=MODELS, default="two-level")
    over.add_argument("--at", type=procedures.instant, required=True, metavar="INSTANT")
    purge = commands.add_parser("purge-trials", help="remove trial dossiers as a whole")
    purge.add_argument(
        "--until", type=procedures.instant, metavar="INSTANT", help="received before"
    )
    purge.add_argument("--procedure", metavar="PROCEDURE", help="default: all")
    for parser in (close, over, purge):
        parser.add_argument("--reason", required=True)
    for parser, does in (
        (publish, procedures.publish), (approve, procedures.approve),
        (rollout, procedures.roll_out), (move, procedures.move), (close, procedures.close),
        (over, procedures.hand_over), (purge, procedures.purge),
    ):  # fmt: skip
        parser.add_argument("--as", dest="login", required=True, help="login of whoever does it")
        parser.set_defaults(does=does)


def _of_release(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("release", metavar="RELEASE", help="its digest, or how that begins")
