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
        path = self._path(name)
        with suppress(FileNotFoundError):
            return path.read_bytes()
        try:
            return _aside(path).read_bytes()  # a sweep is looking at it, or died doing so
        except FileNotFoundError as error:
            raise UnknownDocument(document=name) from error

    def put_back(self) -> None:
        """What a sweep that died had set aside lies under its name again."""
        for aside in self.root.glob("[0-9a-f][0-9a-f]/*.swept"):
            path = aside.with_suffix("")
            with suppress(FileNotFoundError):  # another sweep was quicker
                if path.exists():
                    aside.unlink()
                else:
                    aside.rename(path)

    def idle(self, before: float) -> Iterator[str]:
        """The names of what nobody has put since that instant (seconds since 1970)."""
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):  # one of 256 in memory at a time
            for path in sorted(folder.iterdir()):
                if path.is_file() and path.stat().st_mtime < before:
                    yield path.name

    def sweep(self, name: str, before: float) -> bool:
        """Take away what no row names, unless somebody puts it at this very moment."""
        path = self._path(name)
        aside = _aside(path)
        try:
            path.rename(aside)
            if aside.stat().st_mtime >= before and not path.exists():
                aside.rename(path)
                return False
            aside.unlink()
        except FileNotFoundError:  # gone already, or put back by another sweep
            return False
        return True

    def _path(self, name: str) -> Path:
        return self.root / name[:2] / name


def _aside(path: Path) -> Path:
    return path.with_name(f"{path.name}.swept")
