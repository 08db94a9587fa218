"""A stored slip printed again: the same pages with the mark of a copy laid over each."""

from __future__ import annotations

import json
from datetime import datetime
from io import BytesIO

from pypdf import PdfReader, PdfWriter

from engine.slips import press

MARK = """
#let d = json(bytes(sys.inputs.data))
#set document(date: none)
#set page(width: d.width * 1pt, height: d.height * 1pt, margin: 0pt, fill: none)
#place(top + center, dy: 5mm, box(
  stroke: 0.8pt + rgb("#8c1d2c"), inset: (x: 6pt, y: 2.5pt),
  text(font: "Liberation Serif", size: 8.5pt, weight: 700, fill: rgb("#8c1d2c"))[
    BẢN SAO · in lại #d.at
  ],
))
"""


def as_copy(pdf: bytes, now: datetime) -> bytes:
    """The PDF with BẢN SAO and the instant of printing at the top of every page."""
    writer = PdfWriter(clone_from=BytesIO(pdf))
    marks: dict[tuple[float, float], bytes] = {}
    for page in writer.pages:
        size = (float(page.mediabox.width), float(page.mediabox.height))
        if size not in marks:
            marks[size] = _mark(size, now)
        page.merge_page(PdfReader(BytesIO(marks[size])).pages[0])
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def _mark(size: tuple[float, float], now: datetime) -> bytes:
    told = {"width": size[0], "height": size[1], "at": f"{now:%H:%M %d/%m/%Y}"}
    return press.PRESS.typeset({"main.typ": MARK}, json.dumps(told))[0]
