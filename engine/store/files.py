"""Files under one folder, named by their SHA-256; synced before a row may name them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
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
        with suppress(FileNotFoundError):
            os.utime(path)  # there already; young again, so that no sweep takes it
            return name
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=name[:2])
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

    def idle(self, before: float) -> Iterator[str]:
        """The names of what nobody has put since that instant (seconds since 1970)."""
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):  # one of 256 in memory at a time
            for path in sorted(folder.iterdir()):
                if path.is_file() and path.stat().st_mtime < before:
                    yield path.name

    def sweep(self, name: str, before: float) -> bool:
        """Take away what no row names, unless somebody puts it at this very moment."""
        path = self._path(name)
        aside = path.with_name(f"{name}.swept")
        try:
            path.rename(aside)
        except FileNotFoundError:
            return False
        if aside.stat().st_mtime >= before and not path.exists():
            aside.rename(path)
            return False
        aside.unlink()
        return True

    def _path(self, name: str) -> Path:
        return self.root / name[:2] / name
