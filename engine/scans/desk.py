"""The warm child process that opens what people bring: bounded in time and memory."""

from __future__ import annotations

import atexit
import importlib.util
import json
import os
from collections.abc import Sequence
from pathlib import Path

from engine.bounded import Child

MOST_BYTES, MOST_PAGES, MOST_PIXELS = 10 * 1024 * 1024, 300, 60_000_000
# Ten files of a posting, each as slow as it may be, are over before a web server loses patience.
SECONDS = 5.0
FILES_PER_CHILD = 200


def _child() -> Child:
    found = [importlib.util.find_spec(name) for name in ("pypdf", "PIL")]
    sites = {str(Path(one.origin).parent.parent) for one in found if one and one.origin}
    limits = [str(limit) for limit in (MOST_BYTES, MOST_PAGES, MOST_PIXELS)]
    script = Path(__file__).with_name("child.py")
    return Child(script, *limits, *sorted(sites), env={}, most=FILES_PER_CHILD)


DESK = _child()


def look(data: bytes, seconds: float = SECONDS) -> tuple[str, int | None] | str:
    """The media type and the pages of a PDF; or, as one word, why we do not take it."""
    answer = _asked({"do": "look", "sizes": [len(data)]}, [data], seconds)
    if answer[:1] != b"+":
        return answer[1:].decode()
    told = json.loads(answer[1:])
    return str(told["media"]), told["pages"]


def join(pictures: Sequence[bytes], seconds: float = SECONDS * 2) -> bytes | str:
    """One PDF of these pictures, a page each, in order; or, as one word, why there is none."""
    sizes = [len(one) for one in pictures]
    answer = _asked({"do": "join", "sizes": sizes}, pictures, seconds)
    return answer[1:] if answer[:1] == b"+" else answer[1:].decode()


def _asked(order: dict[str, object], files: Sequence[bytes], seconds: float) -> bytes:
    head = json.dumps(order).encode() + b"\n"
    try:
        return DESK.ask(b"".join((head, *files)), seconds)
    except TimeoutError:
        return b"-slow"
    except (OSError, EOFError):  # it took more memory than there is for one file
        return b"-broken"


def _close() -> None:
    DESK.close()


def _start_anew() -> None:
    """After a fork the child belongs to the process that started it."""
    global DESK
    DESK.abandon()
    DESK = _child()


atexit.register(_close)
os.register_at_fork(after_in_child=_start_anew)
