"""Files as people bring them, looked into and joined in a process that may not harm this one."""

from engine.scans.desk import DESK, MOST_BYTES, MOST_PAGES, MOST_PIXELS, join, look

__all__ = ["DESK", "MOST_BYTES", "MOST_PAGES", "MOST_PIXELS", "join", "look"]
