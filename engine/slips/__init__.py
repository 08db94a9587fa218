"""Statutory slips: a template and a dossier's data become a PDF, the same bytes every time."""

from engine.slips.booklet import Booklet, Sheet
from engine.slips.copies import as_copy
from engine.slips.kinds import ALWAYS_TOLD, DRAWN, KINDS, Kind
from engine.slips.rendering import issue, pictures, render, templates
from engine.slips.sample import sample
from engine.slips.sets import FILE, Form, FormSet, in_force, read_sets, sets_of

__all__ = [
    "ALWAYS_TOLD", "DRAWN", "FILE", "KINDS", "Booklet", "Form", "FormSet", "Kind", "Sheet",
    "as_copy", "in_force", "issue", "pictures", "read_sets", "render", "sample", "sets_of",
    "templates",
]  # fmt: skip
