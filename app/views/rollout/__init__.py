"""Releases, what differs between them, and where they are rolled out."""

from app.views.rollout import moving, opening, release, releases, upload
from app.views.rollout.pages import pages

__all__ = ["moving", "opening", "pages", "release", "releases", "upload"]
