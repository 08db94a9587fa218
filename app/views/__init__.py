"""One persona, one package; what they have in common lives a floor below."""

from app.views.register import register

__all__ = ["register"]
