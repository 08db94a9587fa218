"""The demo: a sample province to look around in, and the two processes of ``make run``."""

from app.demo.supervision import main, supervise

__all__ = ["main", "supervise"]
