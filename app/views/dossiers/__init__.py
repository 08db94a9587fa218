"""Dossiers: the search list and the page of one with its files, and care for what is stuck."""

from app.views.dossiers import care, desk, files, incidents, listing, messages, page
from app.views.dossiers.pages import pages

__all__ = ["care", "desk", "files", "incidents", "listing", "messages", "page", "pages"]
