"""The ``motcua`` command: run the platform, look after its database, try procedures."""

from app.cli.arguments import main

__all__ = ["main"]
