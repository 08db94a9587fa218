"""Releases and their rollouts, the calendar, the day a model ends: what the province decides."""

from app.views.rollout import calendar, cutover, moving, opening, release, releases, upload
from app.views.rollout.pages import pages

__all__ = ["calendar", "cutover", "moving", "opening", "pages", "release", "releases", "upload"]
