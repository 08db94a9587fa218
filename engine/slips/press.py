"""The warm child process that typesets slips: bounded in time and memory, replaced on failure."""

from __future__ import annotations

import atexit
import importlib.util
import json
import os
import select
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

from engine.errors import BadSlip

FONTS = Path(__file__).parent.parent / "fonts"
SECONDS = 10.0
MAX_ANSWER = 16 * 1024 * 1024
# Typst keeps what it has computed; a fresh child now and then keeps memory flat.
RENDERS_PER_CHILD = 500


class Press:
    """One child process and the lock that lets one slip through at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._left = 0

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
        request = json.dumps(order).encode()
        with self._lock:
            child = self._ready()
            try:
                answer = _ask(child, request, time.monotonic() + seconds)
            except (OSError, TimeoutError, EOFError) as error:
                self.close()
                cause = "time" if isinstance(error, TimeoutError) else "memory"
                raise BadSlip(slip="main.typ", cause=cause) from error
            self._left -= 1
        if answer[:1] != b"+":
            raise BadSlip(slip="main.typ", cause=answer[1:].decode("utf-8", "replace"))
        return _pages(answer[1:])

    def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()

    def abandon(self) -> None:
        """Forget a child that another process owns: close our ends of its pipes, do not end it."""
        child, self._child = self._child, None
        if child is not None:
            child.returncode = 0
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._child is not None and (self._left <= 0 or self._child.poll() is not None):
            self.close()
        if self._child is None:
            self._child = _start()
            self._left = RENDERS_PER_CHILD
        return self._child


def _start() -> subprocess.Popen[bytes]:
    found = importlib.util.find_spec("typst")
    if found is None or found.origin is None:
        raise BadSlip(slip="", cause="typst is not installed")
    site = Path(found.origin).parent.parent
    script = Path(__file__).with_name("child.py")
    return subprocess.Popen(  # noqa: S603 - our own script, no shell, nothing from outside
        [sys.executable, "-I", "-S", str(script), str(site), str(FONTS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        # Typst would fetch packages by itself; a closed port stands where a proxy would.
        env={"ALL_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"},
        bufsize=0,
    )


def _ask(child: subprocess.Popen[bytes], request: bytes, until: float) -> bytes:
    if child.stdin is None or child.stdout is None:
        raise EOFError
    target, source = child.stdin.fileno(), child.stdout.fileno()
    rest = memoryview(struct.pack(">I", len(request)) + request)
    while rest:
        if not select.select([], [target], [], max(0.0, until - time.monotonic()))[1]:
            raise TimeoutError
        rest = rest[os.write(target, rest[:4096]) :]
    (size,) = struct.unpack(">I", _receive(source, 4, until))
    if size > MAX_ANSWER:
        raise EOFError
    return _receive(source, size, until)


def _receive(source: int, size: int, until: float) -> bytes:
    got = bytearray()
    while len(got) < size:
        if not select.select([source], [], [], max(0.0, until - time.monotonic()))[0]:
            raise TimeoutError
        piece = os.read(source, min(size - len(got), 1 << 16))
        if not piece:
            raise EOFError
        got += piece
    return bytes(got)


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
