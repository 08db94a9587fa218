"""Files under one folder, named by their SHA-256; synced before a row may name them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from engine.errors import UnknownDocument


@dataclass(frozen=True)
class Files:
    """The content-addressed folder; a file once there never changes."""

    root: Path

    def put(self, data: bytes) -> str:
        """Keep the bytes; their SHA-256. Safe to repeat, and safe against a crash in the middle."""
        name = hashlib.sha256(data).hexdigest()
        path = self._path(name)
        if path.exists():
            return name
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return name

    def get(self, name: str) -> bytes:
        """The bytes kept under that digest; raises UnknownDocument."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError as error:
            raise UnknownDocument(document=name) from error

    def remove(self, name: str) -> None:
        """Take the bytes away, where they are there; only for what no row names any more."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.root / name[:2] / name
