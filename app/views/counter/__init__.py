"""The counter: choose a procedure, receive a dossier, guide or refuse, and hand over the slip."""

from app.views.counter import choose, form, receipt, receive
from app.views.counter.pages import pages

__all__ = ["choose", "form", "pages", "receipt", "receive"]
