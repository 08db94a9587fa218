"""A package as one zip file: written the same every time, read with suspicion."""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from engine.errors import BadPackage
from engine.package.bundle import (
    MANIFEST,
    MAX_FILE,
    MAX_FILES,
    MAX_TOTAL,
    Package,
    check_path,
    from_files,
)
from engine.package.folder import reached

MAX_ZIP = 10 * 1024 * 1024
# What file managers add by themselves; no designer wrote it.
_LITTER = (".DS_Store", "Thumbs.db", "desktop.ini")
#: What the library raises at a damaged archive; an entry without a name is an IndexError there.
BROKEN = (
    BadZipFile, EOFError, IndexError, NotImplementedError, OSError, ValueError, zlib.error,
)  # fmt: skip


def to_zip(package: Package) -> bytes:
    """The package as a zip; the same package gives the same bytes."""
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for path in sorted(package.files):
            entry = ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, package.files[path])
    return target.getvalue()


def load_zip(data: bytes) -> Package:
    """The package in a zip: by its own paths, in one folder, or as ``processes/`` + ``forms/``."""
    return from_files(zip_files(data))


def zip_files(data: bytes) -> dict[str, bytes]:
    """The files of an untrusted zip by package path; raises BadPackage."""
    if len(data) > MAX_ZIP:
        raise BadPackage(path="", cause="zip too large")
    try:
        with ZipFile(BytesIO(data)) as archive:
            return _arranged(_read(archive))
    except BROKEN as error:
        raise BadPackage(path="", cause="not a zip") from error


def _read(archive: ZipFile) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    total = 0
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_FILES:
        raise BadPackage(path="", cause="too many files")
    for entry in entries:
        # macOS stores decomposed letters; one spelling per name keeps the digest stable.
        path = unicodedata.normalize("NFC", entry.filename)
        check_path(path)
        if path.startswith("__MACOSX/") or path.rpartition("/")[2] in _LITTER:
            continue
        if path in files:
            raise BadPackage(path=path, cause="duplicate")
        if entry.flag_bits & 0x1 or entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise BadPackage(path=path, cause="encrypted or unusual compression")
        if (entry.external_attr >> 16) & 0o170000 == 0o120000:
            raise BadPackage(path=path, cause="link")
        # The header's size is a claim; what is read is bounded whatever it says.
        with archive.open(entry) as source:
            content = source.read(MAX_FILE + 1)
        total += len(content)
        if len(content) > MAX_FILE or total > MAX_TOTAL:
            raise BadPackage(path=path, cause="too large")
        files[path] = content
    return files


def _arranged(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files under package paths, whichever of the three layouts the zip has."""
    manifests = [p for p in files if p.rpartition("/")[2] == MANIFEST]
    if not manifests:
        raise BadPackage(path=MANIFEST, cause="missing")
    if MANIFEST in files:
        return dict(files)
    if len(manifests) > 1:
        raise BadPackage(path=sorted(manifests)[1], cause="several procedures in one zip")
    home = manifests[0].rpartition("/")[0]
    root, _, name = home.rpartition("/")
    outer, _, room = f"/{root}".rpartition("/")
    if room != "processes":
        outside = [p for p in files if not p.startswith(f"{home}/")]
        if outside:
            raise BadPackage(path=min(outside), cause="outside the procedure's folder")
        return {p.removeprefix(f"{home}/"): data for p, data in files.items()}
    stem = f"{outer.strip('/')}/" if outer.strip("/") else ""
    own = _moved(files, f"{home}/", "") | _moved(files, f"{stem}forms/{name}/", "forms/")
    shared = _moved(files, f"{stem}processes/_shared/", "")
    for path, data in _moved(files, f"{stem}forms/_shared/", "").items():
        process, _, leaf = path.partition("/")
        shared[f"{process}/forms/{leaf}"] = data
    rooms = ("processes/_shared/", "forms/_shared/", f"forms/{name}/")
    known = (f"{home}/", *(stem + room for room in rooms))
    strangers = [p for p in files if not p.startswith(known)]
    if strangers:
        raise BadPackage(path=min(strangers), cause="outside the procedure's folder")
    return own | reached(own, shared)


def _moved(files: Mapping[str, bytes], prefix: str, to: str) -> dict[str, bytes]:
    return {to + p.removeprefix(prefix): d for p, d in files.items() if p.startswith(prefix)}
