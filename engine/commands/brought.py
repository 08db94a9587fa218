"""Files as people bring them, looked into before anything is written: by content, never by name.

Looking takes up to seconds for a file made to hurt, so it happens outside every transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from engine import scans
from engine.errors import BadDocument
from engine.scans import MOST_BYTES

MOST_AT_ONCE = 6 * MOST_BYTES  # all files of one posting: what the pages promise
PDF = "application/pdf"
# What a name ends with: a file is opened by that, so it says what we have found, not what it says.
ENDINGS = {PDF: (".pdf",), "image/jpeg": (".jpg", ".jpeg"), "image/png": (".png",)}
_LONGEST = 120


@dataclass(frozen=True)
class Brought:
    """A file whose content is what we take: a PDF with its pages, a JPEG or a PNG without."""

    name: str
    data: bytes
    media: str
    pages: int | None


def look(name: str, data: bytes) -> Brought:
    """The file with its media type and pages; raises BadDocument for what we do not take."""
    told = _bare(name)
    if not data:
        raise BadDocument(name=told, cause="empty")
    if len(data) > MOST_BYTES:
        raise BadDocument(name=told, cause="too_big")
    found = scans.look(data)
    if isinstance(found, str):
        raise BadDocument(name=told, cause=found)
    media, pages = found
    return Brought(shown_name(name, media), data, media, pages)


def look_at_all(files: Iterable[tuple[str, bytes]], most: int) -> tuple[Brought, ...]:
    """Every file of a form, which must bring one at least and so many at most; BadDocument."""
    sent = tuple(files)
    if not 0 < len(sent) <= most:
        raise BadDocument(name="", cause="number")
    return tuple(look(name, data) for name, data in sent)


def join(files: Sequence[Brought]) -> Brought:
    """One PDF of several pictures, in order, for a paper is one file; BadDocument for others.

    A PDF is never taken apart: it may be signed.
    """
    if any(file.media == PDF for file in files):
        raise BadDocument(name=files[0].name, cause="alone")
    made = scans.join([file.data for file in files])
    if isinstance(made, str):
        raise BadDocument(name=files[0].name, cause=made)
    name = shown_name(PurePosixPath(files[0].name).stem, PDF)
    return Brought(name, made, PDF, len(files))


def shown_name(name: str, media: str) -> str:
    """A file's name as we keep it: no folders, nothing a screen or a disk trips over, its ending.

    >>> shown_name("../Đơn.hta", "application/pdf")
    '..Đơn.hta.pdf'
    >>> shown_name("IMG_1.JPG", "image/jpeg")
    'IMG_1.JPG'
    """
    told, endings = _bare(name), ENDINGS[media]
    if told.lower().endswith(endings):
        return told
    return told[: _LONGEST - len(endings[0])] + endings[0]


def _bare(name: str) -> str:
    shown = "".join(sign for sign in name if sign.isprintable() and sign not in "/\\|")
    return shown[-_LONGEST:] or "tep"
