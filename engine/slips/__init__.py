"""Statutory slips: a template and a dossier's data become a PDF, the same bytes every time."""

from engine.slips.booklet import Booklet, Sheet
from engine.slips.copies import as_copy
from engine.slips.kinds import DRAWN, KINDS, Kind
from engine.slips.rendering import issue, pictures, render, templates
from engine.slips.sample import bare, sample, sample_of
from engine.slips.sets import FILE, Form, FormSet, in_force, read_sets, sets_of

__all__ = [
    "DRAWN", "FILE", "KINDS", "Booklet", "Form", "FormSet", "Kind", "Sheet", "as_copy", "bare",
    "in_force", "issue", "pictures", "read_sets", "render", "sample", "sample_of", "sets_of",
    "templates",
]  # fmt: skip
