"""How a file leaves the house: its name as people wrote it, in a header every server can send."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from flask import Response

# What a browser may show in a window; everything else is handed over as a download.
_SHOWN = frozenset({"application/pdf", "image/jpeg", "image/png"})
_PLAIN = re.compile(r"[^A-Za-z0-9 ._()-]")
_MARKS = "!#$&+-.^_`|~"  # what RFC 8187 leaves as it is, beside letters and digits


def file_answer(data: bytes, media: str, name: str, *, saved: bool = False) -> Response:
    """The bytes under that name, in a window where that is safe; ``saved``: never in a window."""
    answer = Response(data, mimetype=media)
    shown = media in _SHOWN and not saved
    answer.headers["Content-Disposition"] = disposition("inline" if shown else "attachment", name)
    return answer


def disposition(how: str, name: str) -> str:
    """The header of RFC 6266: a name of plain letters, and the true one where that differs.

    Headers are Latin-1: a Vietnamese name written as it is makes gunicorn drop the answer.

    >>> print(disposition("inline", "Đơn số 1.pdf"))
    inline; filename="Don so 1.pdf"; filename*=UTF-8''%C4%90%C6%A1n%20s%E1%BB%91%201.pdf
    >>> print(disposition("attachment", "so.pdf"))
    attachment; filename="so.pdf"
    """
    parted = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    bare = "".join(sign for sign in parted if not unicodedata.combining(sign))
    plain = _PLAIN.sub("_", bare)
    said = f'{how}; filename="{plain}"'
    if plain == name:
        return said
    return f"{said}; filename*=UTF-8''{quote(name, safe=_MARKS, errors='replace')}"
