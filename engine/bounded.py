"""A warm child process for work that may hang or eat all memory: we wait for it only so long."""

from __future__ import annotations

import os
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

MAX_ANSWER = 16 * 1024 * 1024
STARTING = 30.0  # seconds a child may take to import what it works with


class Child:
    """One process and the lock that lets one request through at a time; replaced on failure.

    It says ``ready`` as its first frame, then answers each frame with one. Started with ``-I -S``:
    it sees the standard library and what it is told in its arguments.
    """

    def __init__(self, script: Path, *told: str, env: Mapping[str, str], most: int) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._command = [sys.executable, "-I", "-S", str(script), *told]
        self._env = dict(env)
        self._most = most  # requests; what a library keeps is gone with the process
        self._left = 0

    def ask(self, request: bytes, seconds: float) -> bytes:
        """The answer; TimeoutError, or EOFError or OSError where the child has died."""
        with self._lock:
            child = self._ready()
            try:
                answer = _ask(child, request, time.monotonic() + seconds)
            except (OSError, EOFError):
                self.close()
                raise
            self._left -= 1
        return answer

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
            self._child = subprocess.Popen(  # noqa: S603 - our own script, no shell
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=self._env,
                bufsize=0,
            )
            self._left = self._most
            try:
                _hear(self._child, time.monotonic() + STARTING)
            except (OSError, EOFError):
                self.close()
                raise
        return self._child


def _ask(child: subprocess.Popen[bytes], request: bytes, until: float) -> bytes:
    if child.stdin is None:
        raise EOFError
    target = child.stdin.fileno()
    rest = memoryview(struct.pack(">I", len(request)) + request)
    while rest:
        if not select.select([], [target], [], max(0.0, until - time.monotonic()))[1]:
            raise TimeoutError
        rest = rest[os.write(target, rest[:4096]) :]
    return _hear(child, until)


def _hear(child: subprocess.Popen[bytes], until: float) -> bytes:
    if child.stdout is None:
        raise EOFError
    source = child.stdout.fileno()
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
