"""Releases and where they are rolled out."""

from app.views.rollout import releases
from app.views.rollout.pages import pages

__all__ = ["pages", "releases"]
