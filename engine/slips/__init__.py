"""Statutory slips: a template and a dossier's data become a PDF, the same bytes every time."""

from engine.slips.kinds import KINDS, Kind
from engine.slips.rendering import issue, pictures, render, templates
from engine.slips.sample import sample

__all__ = ["KINDS", "Kind", "issue", "pictures", "render", "sample", "templates"]
