"""Files as people bring them, looked into before anything is written: by content, never by name.

Looking takes up to seconds for a file made to hurt, so it happens outside every transaction.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from engine.errors import BadDocument

MOST_BYTES, MOST_PAGES, MOST_PIXELS = 10 * 1024 * 1024, 300, 60_000_000
MOST_AT_ONCE = 6 * MOST_BYTES  # all files of one posting: what the pages promise
_NO_PICTURE = (
    UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError
)  # fmt: skip
IMAGES = {"JPEG": "image/jpeg", "PNG": "image/png"}


@dataclass(frozen=True)
class Brought:
    """A file whose content is what we take: a PDF with its pages, a JPEG or a PNG without."""

    name: str
    data: bytes
    media: str
    pages: int | None


def look(name: str, data: bytes) -> Brought:
    """The file with its media type and pages; raises BadDocument for what we do not take."""
    shown = shown_name(name)
    media, pages = _look_into(shown, data)
    return Brought(shown, data, media, pages)


def look_at_all(files: Iterable[tuple[str, bytes]], most: int) -> tuple[Brought, ...]:
    """Every file of a form, which must bring one at least and so many at most; BadDocument."""
    sent = tuple(files)
    if not 0 < len(sent) <= most:
        raise BadDocument(name="", cause="number")
    return tuple(look(name, data) for name, data in sent)


def shown_name(name: str) -> str:
    """A file's name as we keep it: no folders, nothing that a screen or a disk trips over."""
    shown = "".join(sign for sign in name if sign.isprintable() and sign not in "/\\|")
    return shown[-120:] or "tep"


def _look_into(name: str, data: bytes) -> tuple[str, int | None]:
    if not data:
        raise BadDocument(name=name, cause="empty")
    if len(data) > MOST_BYTES:
        raise BadDocument(name=name, cause="too_big")
    if data.startswith(b"%PDF-"):
        try:
            pages = len(PdfReader(io.BytesIO(data)).pages)
        except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, OSError) as error:
            raise BadDocument(name=name, cause="broken") from error
        if not 0 < pages <= MOST_PAGES:
            raise BadDocument(name=name, cause="pages")
        return "application/pdf", pages
    try:
        with Image.open(io.BytesIO(data), formats=tuple(IMAGES)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise BadDocument(name=name, cause="too_big")
            image.verify()
            return IMAGES[str(image.format)], None
    except _NO_PICTURE as error:
        raise BadDocument(name=name, cause="kind") from error
