"""The one stylesheet: small, and readable in every pair of colours."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

SHEET = Path(__file__).resolve().parents[2] / "assets" / "motcua.css"
CSS = SHEET.read_text(encoding="utf-8")
COLOURS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", CSS))
PAIRS = [
    *((ink, ground) for ink in ("ink", "muted", "action", "brand") for ground in ("paper", "card")),
    *((tone, "card") for tone in ("ok", "soon", "late", "paused")),
    *((tone, f"{tone}-wash") for tone in ("ok", "soon", "late", "paused")),
    ("brand", "brand-wash"),
    ("action", "action-wash"),
    ("muted", "wash"),
]


def light(colour: str) -> float:
    """WCAG's relative luminance."""
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """From 1 to 21; text needs 4.5."""
    dark, bright = sorted((light(COLOURS[one]), light(COLOURS[other])))
    return (bright + 0.05) / (dark + 0.05)


def test_the_stylesheet_is_at_most_12_kb_pressed() -> None:
    assert len(gzip.compress(SHEET.read_bytes())) <= 12_000


@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(ink: str, ground: str) -> None:
    assert contrast(ink, ground) >= 4.5
