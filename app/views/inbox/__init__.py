"""The inbox and the page of one task: where staff live."""

from app.views.inbox import listing, task
from app.views.inbox.pages import pages

__all__ = ["listing", "pages", "task"]
