"""Releases, what differs between them, where they are rolled out, and the day a model ends."""

from app.views.rollout import cutover, moving, opening, release, releases, upload
from app.views.rollout.pages import pages

__all__ = ["cutover", "moving", "opening", "pages", "release", "releases", "upload"]
