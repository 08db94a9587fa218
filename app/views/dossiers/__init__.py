"""Dossiers: the search list and the page of one, with its papers, slips, story and incidents."""

from app.views.dossiers import files, listing, page
from app.views.dossiers.pages import pages

__all__ = ["files", "listing", "page", "pages"]
