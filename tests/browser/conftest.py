"""The office on a real port, for every test of this room."""

from __future__ import annotations

from tests.browser.test_first_dossier import desks

__all__ = ["desks"]
