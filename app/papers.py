"""The papers of a dossier at the counter: how many of which kind, and their scans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.i18n import say, t
from app.numbers import digits
from engine.package import Paper, Text

KINDS = ("original", "copy", "electronic")
_MOST = 99


@dataclass(frozen=True)
class PaperLine:
    """One line of the checklist as typed; ``kept`` are scans already put, (token, name)."""

    key: str
    title: Text
    kind: str
    quantity: str
    required: bool
    conditional: bool
    needed: bool = False  # what was answered makes it needed here
    kept: tuple[tuple[str, str], ...] = ()
    fault: str = ""

    @property
    def name(self) -> str:
        """How its fields begin."""
        return f"paper.{self.key}"


def first_look(papers: Sequence[Paper]) -> tuple[PaperLine, ...]:
    """The checklist before anybody typed: what is always needed is there."""
    return tuple(
        PaperLine(
            key=paper.key,
            title=paper.title,
            kind=paper.kind,
            quantity=str(paper.quantity) if paper.required and not paper.when else "",
            required=paper.required,
            conditional=paper.when is not None,
        )
        for paper in papers
    )


def read(
    papers: Sequence[Paper],
    posted: Mapping[str, str],
    files: Mapping[str, tuple[tuple[str, str], ...]],
    file_faults: Mapping[str, str],
    answers: Mapping[str, Any],
) -> tuple[PaperLine, ...]:
    """The checklist as posted; ``answers`` decide which of the conditional papers are needed."""
    lines = []
    for paper in papers:
        name = f"paper.{paper.key}"
        quantity = posted.get(f"{name}.quantity", "").strip()
        kind = posted.get(f"{name}.kind", paper.kind)
        lines.append(
            PaperLine(
                key=paper.key,
                title=paper.title,
                kind=kind if kind in KINDS else paper.kind,
                quantity=quantity,
                required=paper.required,
                conditional=paper.when is not None,
                needed=paper.when is not None and paper.needed(answers),
                kept=files.get(f"{name}.file", ()),
                fault=file_faults.get(f"{name}.file", "") or _fault(paper, quantity, answers),
            )
        )
    return tuple(lines)


def facts(lines: Sequence[PaperLine]) -> dict[str, tuple[str, int, list[str]]]:
    """What was handed in, as ``dossiers.receive`` takes it; a quantity that is none counts 0."""
    return {
        line.key: (line.kind, max(0, digits(line.quantity)), [token for token, _ in line.kept])
        for line in lines
        if line.quantity not in ("", "0") or line.kept
    }


def _fault(paper: Paper, quantity: str, answers: Mapping[str, Any]) -> str:
    if quantity and not 0 <= digits(quantity) <= _MOST:
        return t("needs.quantity")
    if not int(quantity or "0") and paper.needed(answers):
        return t("needs.paper", title=say(paper.title))
    return ""
