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
    return parser


def _run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = commands.add_parser("serve", help="answer browsers on MOTCUA_BIND until told to stop")
    serve.set_defaults(does=running.serve)
    worker = commands.add_parser(
        "worker", help="fire timers and statutory duties until told to stop"
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
        "verify", help="recompute the journal's chain and name the first broken row"
    )
    verify.set_defaults(does=running.verify)


def _try(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    add_commands(commands)
    publish = commands.add_parser(
        "publish", help="put a procedure into the database as a checked release"
    )
    publish.add_argument("path", type=Path, metavar="PATH", help="a procedure's folder, or a zip")
    publish.add_argument("--as", dest="login", required=True, help="login of the designer")
    publish.set_defaults(does=procedures.publish)
