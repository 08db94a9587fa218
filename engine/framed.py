"""The other end of ``bounded``: what a child process does with its requests.

Imported with ``python -I -S``, so it may import only the standard library.
"""

from __future__ import annotations

import os
import resource
import struct
import sys
from collections.abc import Callable
from typing import BinaryIO


def serve(answer: Callable[[bytes], bytes], memory: int) -> None:
    """Answer requests until stdin closes, with so much memory and no file written."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing a library prints can break the framing
    _write(answers, b"ready")
    while request := _read(sys.stdin.buffer):
        _write(answers, answer(request))


def _read(stream: BinaryIO) -> bytes:
    """One length-prefixed frame; empty at the end of the stream."""
    head = stream.read(4)
    return stream.read(struct.unpack(">I", head)[0]) if len(head) == 4 else b""


def _write(stream: BinaryIO, said: bytes) -> None:
    """One length-prefixed frame."""
    stream.write(struct.pack(">I", len(said)) + said)
    stream.flush()
