"""What everybody may see: the catalogue of procedures and the tracking page."""

from app.views.public import catalogue, tracking
from app.views.public.pages import pages

__all__ = ["catalogue", "pages", "tracking"]
