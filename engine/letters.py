"""Which letters the shipped faces can print; what they lack would be a blank on a slip."""

from __future__ import annotations

import struct
import unicodedata
from functools import cache
from pathlib import Path

from engine.errors import Unprintable

FACES = Path(__file__).parent / "fonts"
_BOX = "□"  # what stands for a letter nobody can print, so that its absence is seen
_SELECTORS = range(0xFE00, 0xFE10)  # say how the sign before them looks; nothing of their own


def missing(text: str) -> str:
    """The letters of the text that no slip can show, each once, in their order.

    >>> missing("Nguyễn Thị Đức, 18°C – ½"), missing("Lý 张伟 张")
    ('', '张伟')
    """
    if text.isascii():
        return ""
    composed = unicodedata.normalize("NFC", text)
    return "".join(dict.fromkeys(sign for sign in composed if _lacking(sign)))


def require_printable(*texts: str) -> None:
    """Refuse text for a slip with letters it would leave blank; raises Unprintable."""
    if lacking := missing(" ".join(texts)):
        raise Unprintable(letters=" ".join(lacking))


def boxed(text: str) -> str:
    """The text with a box for each letter that cannot be printed."""
    lacking = missing(text)
    if not lacking:
        return text
    composed = unicodedata.normalize("NFC", text)
    return "".join(_BOX if sign in lacking else sign for sign in composed)


def _lacking(sign: str) -> bool:
    code = ord(sign)
    if code in _printable() or code in _SELECTORS:
        return False
    # Blanks and signs without a shape; what a code point not given out shows, nobody knows.
    return unicodedata.category(sign) not in ("Cc", "Cf", "Zs", "Zl", "Zp")


@cache
def _printable() -> frozenset[int]:
    faces = [_letters(file.read_bytes()) for file in sorted(FACES.glob("*.ttf"))]
    return frozenset.intersection(*faces)


def _letters(face: bytes) -> frozenset[int]:
    """The code points that the face has a shape for: its table ``cmap``, format 4."""
    tables = struct.unpack_from(">H", face, 4)[0]
    at = next(
        struct.unpack_from(">I", face, 12 + 16 * number + 8)[0]
        for number in range(tables)
        if face[12 + 16 * number :][:4] == b"cmap"
    )
    maps = struct.unpack_from(">H", face, at + 2)[0]
    for number in range(maps):
        platform, encoding, offset = struct.unpack_from(">HHI", face, at + 4 + 8 * number)
        if (platform, encoding) == (3, 1):  # Unicode, as Windows writes it
            return frozenset(_of_format_4(face, at + offset))
    raise ValueError("a face without Unicode letters")


def _of_format_4(face: bytes, at: int) -> set[int]:
    parts = struct.unpack_from(">H", face, at + 6)[0] // 2
    columns = []
    for start in (14, 16 + 2 * parts, 16 + 4 * parts, 16 + 6 * parts):
        columns.append(struct.unpack_from(f">{parts}H", face, at + start))
    found = set()
    for number, (last, first, delta, offset) in enumerate(zip(*columns, strict=True)):
        here = at + 16 + 6 * parts + 2 * number + offset
        for code in range(first, min(last, 0xFFFE) + 1):
            shape = code
            if offset:
                shape = struct.unpack_from(">H", face, here + 2 * (code - first))[0]
            if shape and (shape + delta) & 0xFFFF:
                found.add(code)
    return found
