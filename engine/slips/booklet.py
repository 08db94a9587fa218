"""A sheet of the books, ready to be typeset; one of many rows is made in parts and bound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PdfReader, PdfWriter

from engine.package import Package
from engine.slips.rendering import issue

PART = 400  # rows; well inside what one run of Typst may take of time, memory and data


@dataclass(frozen=True)
class Sheet:
    """What a sheet says. Typesetting takes its time: do it after the transaction."""

    package: Package
    kind: str
    data: Mapping[str, Any]
    house: Package | None = None

    def pdf(self) -> bytes:
        """The sheet; raises BadSlip."""
        return issue(self.package, self.kind, self.data, self.house)


@dataclass(frozen=True)
class Booklet(Sheet):
    """A sheet with ``rows`` in its data, as many as there are.

    Each part is told the number of its first row (``first``) and page (``page``), and that it is
    one of several (``part``). Not tagged for screen readers: the tags of a long table would be
    fifteen times the table.
    """

    def pdf(self) -> bytes:
        """The bound parts; raises BadSlip."""
        rows = self.data["rows"]
        if len(rows) <= PART:
            return self._part(self.data)
        writer = PdfWriter()
        for start in range(0, len(rows), PART):
            told = {"part": True, "first": start + 1, "page": len(writer.pages) + 1}
            part = self._part({**self.data, **told, "rows": rows[start : start + PART]})
            writer.append(PdfReader(BytesIO(part)), import_outline=False)
        writer.compress_identical_objects()
        made = BytesIO()
        writer.write(made)
        return made.getvalue()

    def _part(self, data: Mapping[str, Any]) -> bytes:
        return issue(self.package, self.kind, data, self.house, tagged=False)
