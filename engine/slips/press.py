"""The warm child process that typesets slips: bounded in time and memory, replaced on failure."""

from __future__ import annotations

import atexit
import importlib.util
import json
import os
import struct
from pathlib import Path

from engine.bounded import Child
from engine.errors import BadSlip

FONTS = Path(__file__).parent.parent / "fonts"
SECONDS = 10.0
# Typst keeps what it has computed; a fresh child now and then keeps memory flat.
RENDERS_PER_CHILD = 500


class Press:
    """The child that typesets, one slip at a time."""

    def __init__(self) -> None:
        self._child = _child()

    def typeset(
        self,
        files: dict[str, str],
        data: str,
        form: str = "pdf",
        seconds: float = SECONDS,
        tagged: bool = True,
    ) -> list[bytes]:
        """The pages (one PDF, or a PNG each) of ``files["main.typ"]``; raises BadSlip."""
        order = {"files": files, "data": data, "format": form, "ppi": 110.0, "tagged": tagged}
        try:
            answer = self._child.ask(json.dumps(order).encode(), seconds)
        except (OSError, EOFError) as error:
            cause = "time" if isinstance(error, TimeoutError) else "memory"
            raise BadSlip(slip="main.typ", cause=cause) from error
        if answer[:1] != b"+":
            raise BadSlip(slip="main.typ", cause=answer[1:].decode("utf-8", "replace"))
        return _pages(answer[1:])

    def close(self) -> None:
        """End the child."""
        self._child.close()

    def abandon(self) -> None:
        """Forget a child that another process owns."""
        self._child.abandon()


def _child() -> Child:
    found = importlib.util.find_spec("typst")
    if found is None or found.origin is None:
        raise BadSlip(slip="", cause="typst is not installed")
    return Child(
        Path(__file__).with_name("child.py"),
        str(Path(found.origin).parent.parent),
        str(FONTS),
        # Typst would fetch packages by itself; a closed port stands where a proxy would.
        env={"ALL_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"},
        most=RENDERS_PER_CHILD,
    )


def _pages(payload: bytes) -> list[bytes]:
    pages = []
    while payload:
        (size,) = struct.unpack(">I", payload[:4])
        pages.append(payload[4 : 4 + size])
        payload = payload[4 + size :]
    return pages


PRESS = Press()


def _close() -> None:
    PRESS.close()


def _start_anew() -> None:
    """After a fork the child belongs to the process that started it."""
    global PRESS
    PRESS.abandon()
    PRESS = Press()


atexit.register(_close)
os.register_at_fork(after_in_child=_start_anew)
